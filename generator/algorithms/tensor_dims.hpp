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

/// Elements from one pixel, row, plane, channel and image of the output to the next.
struct OutputStrides {
  int k, x, y, z, n;
};

inline OutputStrides output_strides(const Problem &problem) {
  const int d = problem.depth().output, h = problem.height().output, w = problem.width().output;
  const int k = problem.out_channels;
  if (problem.layout == Layout::nhwc) {
    return {1, k, w * k, h * w * k, d * h * w * k};
  }
  return {d * h * w, 1, w, h * w, k * d * h * w};
}

} // namespace convforge
