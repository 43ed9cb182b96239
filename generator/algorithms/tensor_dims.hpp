// Constant bounds and strides of a pipeline's tensors.
#pragma once

#include "problem/problem.hpp"

#include <initializer_list>

namespace convforge {

struct Dim {
  int extent;
  int stride; ///< in elements
};

template <typename Parameter>
void fix(Parameter parameter, std::initializer_list<Dim> dims) {
  int d = 0;
  for (const Dim &dim : dims) {
    parameter.dim(d++).set_bounds(0, dim.extent).set_stride(dim.stride);
  }
}

/// Elements from one channel, pixel, row and image to the next, as Halide counts them: those of a valid
/// problem fit.
struct TensorSteps {
  int k, x, y, n;
};

inline TensorSteps steps_of(const Strides &strides) {
  return {int(strides.c), int(strides.w), int(strides.h), int(strides.n)};
}

} // namespace convforge
