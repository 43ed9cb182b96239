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

/// Elements from one pixel, row, channel and image of the output to the next.
struct OutputStrides {
  int k, x, y, n;
};

inline OutputStrides output_strides(const Problem &problem) {
  const int h = problem.height().output, w = problem.width().output, k = problem.out_channels;
  if (problem.layout == Layout::nhwc) {
    return {1, k, w * k, h * w * k};
  }
  return {h * w, 1, w, k * h * w};
}

} // namespace convforge
