// What the samples of pages take for granted; each becomes a function of its own (sample.cpp.in).
#pragma once

#include <convforge/jit.hpp>

#include <filesystem>
#include <string>

struct SampleData {
  std::filesystem::path my_cache;
  convforge::Problem another;
  const float *weights;
  void *packed;
  const float *bias, *input;
  float *output;
  void *workspace;
};

// 0, or 1 with what the sample reports.
int readme_sample(const SampleData &data, std::string &message);
int readme_wrong_sample(const SampleData &data, std::string &message);
int jit_page_sample(const SampleData &data, std::string &message);
int jit_page_wrong_sample(const SampleData &data, std::string &message);
