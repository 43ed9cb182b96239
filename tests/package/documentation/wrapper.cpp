// The example of the C++ wrapper.
#include "conv1.h"
#include <convforge/convforge.hpp>

#include <vector>

void wrapper(const std::vector<float> &weights, const std::vector<float> &image,
             const std::vector<float> &bias, std::vector<float> &result) {
#include "examples/wrapper.inc"
}
