// The examples of kernels at run time.
#include <convforge/jit.hpp>

#include <filesystem>
#include <string>

namespace {

int report(const std::string &) {
  return 1;
}

} // namespace

int page(const std::filesystem::path &my_cache, const convforge::Problem &another, const float *weights,
         const float *input, const float *bias, float *output, void *packed, void *workspace) {
#include "examples/jit.inc"
  return later.valid() ? 0 : 1;
}

int readme(const float *weights, const float *input, const float *bias, float *output, void *packed,
           void *workspace) {
#include "examples/readme_jit.inc"
  return 0;
}

int header(const float *weights, const float *input, const float *bias, float *output, void *packed,
           void *workspace) {
#include "examples/jit_header.inc"
  return 0;
}
