#include "plan/pointwise.hpp"

#include <algorithm>

namespace convforge {

bool rows_follow(const Strides &strides, const Extents &extents) {
  const std::int64_t row = extents.w * strides.w;
  return (extents.h == 1 || strides.h == row) && (extents.d == 1 || strides.d == extents.h * row);
}

bool images_follow(const Strides &strides, const Extents &extents) {
  return extents.n == 1 || strides.n == extents.d * extents.h * extents.w * strides.w;
}

bool outputs_follow(const Problem &problem, Follow follow) {
  return follow(problem.output_strides(), problem.output_extents()) &&
         (problem.epilogue.count(EpilogueOp::Kind::residual) == 0 ||
          follow(problem.residual_strides(), problem.output_extents()));
}

Strides without_rows(const Strides &strides) {
  return {.n = strides.n, .c = strides.c, .w = strides.w};
}

namespace {

bool fuses(const Problem &problem, Follow follow) {
  return follow(problem.input_strides(), problem.input_extents()) && outputs_follow(problem, follow);
}

} // namespace

bool is_pointwise(const Problem &problem) {
  const auto plain = [](const Axis &axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.pad_begin == 0 && axis.input == axis.output;
  };
  return std::ranges::all_of(problem.axes, plain) && fuses(problem, rows_follow);
}

namespace {

Problem fuse(const Problem &problem, bool across_images) {
  Problem fused = problem;
  const auto pixels = static_cast<int>(problem.volume(&Axis::output) * (across_images ? problem.batch : 1));
  fused.axes = {};
  fused.width().input = fused.width().output = pixels;
  fused.batch = across_images ? 1 : problem.batch;
  fused.strides = {without_rows(problem.input_strides()), without_rows(problem.residual_strides()),
                   without_rows(problem.output_strides())};
  return fused;
}

} // namespace

Problem fuse_pixels(const Problem &problem) {
  return fuse(problem, problem.layout == Layout::nhwc && fuses(problem, images_follow));
}

Problem fuse_pixels_of_images(const Problem &problem) {
  return fuse(problem, false);
}

Problem shape_of(const Problem &problem, Algorithm algorithm) {
  return algorithm == Algorithm::pointwise ? fuse_pixels(problem) : problem;
}

} // namespace convforge
