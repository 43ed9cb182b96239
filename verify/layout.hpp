// Where an element lies in a dense tensor: strides by the names of the axes, so that loops need not know the
// layout.
#pragma once

#include "problem/problem.hpp"

#include <cstddef>

namespace convforge {

/// Elements of a dense tensor.
inline std::size_t elements(const std::vector<std::int64_t> &shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape)
    count *= static_cast<std::size_t>(extent);
  return count;
}

/// Strides of input, residual or output, in elements.
struct DataStrides {
  std::size_t n, d, h, w, c;
  /// Of the tensor whose extents along the axes are `extent`.
  DataStrides(const Problem &problem, int Axis::*extent, int channels) {
    const std::size_t D = problem.depth().*extent, H = problem.height().*extent, W = problem.width().*extent;
    const std::size_t C = channels;
    n = D * H * W * C;
    if (problem.layout == Layout::nhwc)
      d = H * W * C, h = W * C, w = C, c = 1;
    else
      d = H * W, h = W, w = 1, c = D * H * W;
  }
  static DataStrides input(const Problem &p) { return {p, &Axis::input, p.in_channels}; }
  static DataStrides output(const Problem &p) { return {p, &Axis::output, p.out_channels}; }
};

} // namespace convforge
