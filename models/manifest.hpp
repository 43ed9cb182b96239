// What `convforge import` writes: a manifest, the constants, and the problems as a list.
#pragma once

#include "base/file.hpp"
#include "models/folding/fold.hpp"

#include <string>
#include <vector>

namespace convforge::models {

/// The kernels that a model's convolutions need: equal problems are one.
struct Kernels {
  std::vector<Problem> problems;    ///< named "conv_0", ...
  std::vector<std::size_t> of_each; ///< by convolution: its kernel
};
Kernels kernels_of(const FoldedModel &model);

/// Every file of an import: manifest.json, problems.txt and weights/*.npy. `model`: the file's name.
std::vector<Member> import_files(const Graph &graph, const FoldedModel &folded, const std::string &model);

} // namespace convforge::models
