#include "plan/pointwise.hpp"

namespace convforge {

namespace {

/// Does each row of a tensor begin where the one before would have its next pixel?
bool rows_follow(const Strides &strides, const Extents &extents) {
  return extents.h == 1 || strides.h == extents.w * strides.w;
}

/// The same of images. (Of one row: whose pixels the images' are.)
bool images_follow(const Strides &strides, const Extents &extents) {
  return extents.n == 1 || strides.n == extents.h * extents.w * strides.w;
}

template <typename Follow>
bool fuses(const Problem &problem, const Follow &follow) {
  return follow(problem.input_strides(), problem.input_extents()) &&
         follow(problem.output_strides(), problem.output_extents()) &&
         (!problem.epilogue.has_residual() || follow(problem.residual_strides(), problem.output_extents()));
}

/// The strides of a tensor whose rows have become one.
Strides without_rows(const Strides &strides) {
  return {.n = strides.n, .c = strides.c, .w = strides.w};
}

} // namespace

bool is_pointwise(const Problem &problem) {
  const auto plain = [](const Axis &axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.pad_begin == 0 && axis.input == axis.output;
  };
  return plain(problem.height()) && plain(problem.width()) && fuses(problem, rows_follow);
}

Problem fuse_pixels(const Problem &problem) {
  const bool across_images = problem.layout == Layout::nhwc && fuses(problem, images_follow);
  Problem fused = problem;
  const int pixels = problem.height().output * problem.width().output * (across_images ? problem.batch : 1);
  fused.height() = Axis{};
  fused.width() = Axis{};
  fused.width().input = fused.width().output = pixels;
  fused.batch = across_images ? 1 : problem.batch;
  fused.strides = {without_rows(problem.input_strides()), without_rows(problem.residual_strides()),
                   without_rows(problem.output_strides())};
  return fused;
}

} // namespace convforge
