#include "plan/pointwise.hpp"

#include <algorithm>

namespace convforge {

bool is_pointwise(const Problem &problem) {
  const auto plain = [](const Axis &axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.pad_begin == 0 && axis.input == axis.output;
  };
  return std::ranges::all_of(problem.axes, plain);
}

Problem fuse_pixels(const Problem &problem) {
  const bool across_images = problem.layout == Layout::nhwc;
  Problem fused = problem;
  const auto pixels = static_cast<int>(problem.volume(&Axis::output) * (across_images ? problem.batch : 1));
  fused.axes = {};
  fused.width().input = fused.width().output = pixels;
  fused.batch = across_images ? 1 : problem.batch;
  return fused;
}

} // namespace convforge
