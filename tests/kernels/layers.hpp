// The layer lists of bench/layers as problems.
#pragma once

#include "problem/problem.hpp"

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace convforge {

inline std::vector<Problem> read_layers(const std::string &list) {
  const std::string path = std::string(LAYERS_DIR) + "/" + list + ".txt";
  std::ifstream file(path);
  std::vector<Problem> problems;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') {
      problems.push_back(Problem::parse(line));
      problems.back().epilogue = Epilogue::parse("bias,relu");
    }
  }
  if (problems.empty())
    throw std::runtime_error("no layers in " + path);
  return problems;
}

inline std::vector<Problem> all_layers() {
  std::vector<Problem> all;
  for (const char *list : {"resnet50", "vgg16", "mobilenet_v2", "odd"})
    for (const Problem &problem : read_layers(list))
      all.push_back(problem);
  return all;
}

} // namespace convforge
