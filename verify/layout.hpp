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
  std::size_t n, h, w, c;
  DataStrides(Layout layout, int height, int width, int channels) {
    const std::size_t H = height, W = width, C = channels;
    n = H * W * C;
    if (layout == Layout::nhwc)
      h = W * C, w = C, c = 1;
    else
      h = W, w = 1, c = H * W;
  }
};

/// Strides of the weights, in elements: r, s within the window, c within the group, k over all output
/// channels.
struct WeightsStrides {
  std::size_t r, s, c, k;
  explicit WeightsStrides(const Problem &problem) {
    const std::size_t R = problem.height().kernel, S = problem.width().kernel, C = problem.group_in();
    if (problem.weights_layout == WeightsLayout::hwio)
      k = 1, c = problem.out_channels, s = C * c, r = S * s;
    else
      s = 1, r = S, c = R * S, k = C * c;
  }
};

} // namespace convforge
