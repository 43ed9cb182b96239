#include "plan/pointwise.hpp"

namespace convforge {

bool is_pointwise(const Problem &problem) {
  const auto plain = [](const Axis &axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.pad_begin == 0 && axis.input == axis.output;
  };
  return plain(problem.height()) && plain(problem.width());
}

Problem fuse_pixels(const Problem &problem) {
  const bool across_images = problem.layout == Layout::nhwc;
  Problem fused = problem;
  const int pixels = problem.height().output * problem.width().output * (across_images ? problem.batch : 1);
  fused.height() = Axis{};
  fused.width() = Axis{};
  fused.width().input = fused.width().output = pixels;
  fused.batch = across_images ? 1 : problem.batch;
  return fused;
}

} // namespace convforge
