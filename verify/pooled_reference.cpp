#include "verify/pooled_reference.hpp"

#include "verify/layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace convforge {

namespace {

/// n, h, w and c of an element.
using PooledPlace = std::array<std::size_t, 4>;

PooledPlace place_of(const Problem &problem, std::size_t index) {
  const std::size_t H = problem.pooling.height().output, W = problem.pooling.width().output;
  const std::size_t C = problem.out_channels;
  if (problem.layout == Layout::nhwc)
    return {index / C / W / H, index / C / W % H, index / C % W, index % C};
  return {index / W / H / C, index / W % H, index % W, index / W / H % C};
}

} // namespace

void for_each_in_window(const Problem &problem, std::size_t index,
                        const std::function<void(std::size_t)> &visit) {
  const auto [n, h, w, c] = place_of(problem, index);
  const Axis &height = problem.pooling.height(), &width = problem.pooling.width();
  const DataStrides from = DataStrides::output(unpooled(problem));
  const auto at = [](const Axis &axis, std::size_t out, int tap) {
    return static_cast<int>(out) * axis.stride - axis.pad_begin + tap;
  };
  for (int r = 0; r < height.kernel; ++r)
    for (int s = 0; s < width.kernel; ++s) {
      const int y = at(height, h, r), x = at(width, w, s);
      if (y >= 0 && y < height.input && x >= 0 && x < width.input)
        visit(n * from.n + y * from.h + x * from.w + c * from.c);
    }
}

Expected pooled(const Problem &problem, const std::vector<Expected> &window) {
  const Pooling &pooling = problem.pooling;
  if (pooling.kind == PoolingKind::max) {
    // |max a - max b| <= max |a - b|
    Expected largest{-INFINITY, 0};
    for (const Expected &one : window) {
      largest.value = std::max(largest.value, one.value);
      largest.tolerance = std::max(largest.tolerance, one.tolerance);
    }
    return largest;
  }
  // A kernel adds up taps, zeros of the padding too, and multiplies by a rounded reciprocal.
  const int taps = pooling.height().kernel * pooling.width().kernel;
  const double count = pooling.kind == PoolingKind::avg_p ? taps : static_cast<double>(window.size());
  double sum = 0, size = 0, carried = 0;
  for (const Expected &one : window) {
    sum += one.value;
    size += std::abs(one.value) + one.tolerance;
    carried += one.tolerance;
  }
  return {sum / count, (carried + error_gamma(taps + 1) * size) / count};
}

} // namespace convforge
