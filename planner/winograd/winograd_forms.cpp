#include "planner/winograd/winograd_forms.hpp"

#include "convforge/winograd.h"
#include "plan/winograd_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace convforge {

namespace {

constexpr int most_taps = 7;

/// Three and five points were made for the parts of stride 2, seven for tiles of m x 1; what they are worth
/// elsewhere is not measured.
bool worth_weighing(const convforge_winograd &form) {
  const int even = form.outputs + (form.taps + 1) / 2 - 1, odd = form.outputs + form.taps / 2 - 1;
  return form.stride == 1 ? form.points % 2 == 0 : even != 7 && odd != 7;
}

/// `default` stands for the error of F(4x4,3x3), the largest that frameworks use without asking.
double allowed_amplification(Math math) {
  const double f43 = winograd_amplification(4, 3);
  return math == Math::exact      ? 0
         : math == Math::standard ? 1.001 * f43 * f43
                                  : std::numeric_limits<double>::max();
}

bool small_error(const Problem &problem, int outputs_h, int outputs_w) {
  const Axis &height = problem.height(), &width = problem.width();
  return winograd_amplification(outputs_h, height.kernel, height.stride) *
             winograd_amplification(outputs_w, width.kernel, width.stride) <=
         allowed_amplification(problem.math);
}

/// Kernels address with 32-bit byte offsets (pack_layout() refuses more), and F(4x4,3x3) turns 9 weights
/// into 36.
bool addressable(const Problem &problem, int outputs_h, int outputs_w) {
  constexpr long limit = 1L << 31, most_channels_of_padding = 128; // a block's last channels
  const long points = long(winograd_points(problem.height(), outputs_h).filter_points) *
                      winograd_points(problem.width(), outputs_w).filter_points;
  const long pairs =
      long(problem.groups) * problem.group_in() * (problem.group_out() + most_channels_of_padding);
  return pairs * points * long(bytes_of(ElementTypes{}.accumulator())) < limit;
}

/// Do any tiles that there are transforms for pass?
template <typename Test>
bool any_tiles(const Problem &problem, const Test &test) {
  return std::ranges::any_of(winograd_tile_outputs(problem.height()), [&](int h) {
    return std::ranges::any_of(winograd_tile_outputs(problem.width()),
                               [&](int w) { return test(problem, h, w); });
  });
}

/// Stride s splits the taps into s parts, which pays where one has more than a single tap.
bool has_transform(const Axis &axis) {
  return axis.kernel == 1 || (axis.stride <= 2 && axis.kernel > axis.stride);
}

} // namespace

std::vector<int> winograd_tile_outputs(const Axis &axis) {
  if (axis.kernel == 1)
    return {1};
  std::vector<int> outputs;
  convforge_winograd form;
  for (const int m : winograd_down_tile_outputs(axis))
    if (convforge_winograd_matrices(m, axis.kernel, axis.stride, &form) == 0 && worth_weighing(form))
      outputs.push_back(m);
  return outputs;
}

std::vector<int> winograd_down_tile_outputs(const Axis &height) {
  std::vector<int> outputs;
  convforge_winograd form;
  for (int m = 2; m < CONVFORGE_WINOGRAD_MAX_POINTS; m++)
    if (convforge_winograd_matrices(m, height.kernel, height.stride, &form) == 0)
      outputs.push_back(m);
  return outputs;
}

double winograd_amplification(const convforge_winograd &matrices, int wanted) {
  double most = 0;
  for (int k = 0; k < wanted; k++) {
    double sum = 0;
    for (int i = 0; i < matrices.points; i++) {
      double weights = 0, input = 0;
      for (int j = 0; j < matrices.points; j++) {
        weights += std::abs(matrices.weights[i][j]);
        input += std::abs(matrices.input[i][j]);
      }
      sum += std::abs(matrices.output[k][i]) * weights * input;
    }
    most = std::max(most, sum);
  }
  return most / matrices.taps;
}

double winograd_amplification(int outputs, int taps, int stride) {
  convforge_winograd matrices;
  return convforge_winograd_matrices(outputs, taps, stride, &matrices) == 0
             ? winograd_amplification(matrices, outputs)
             : std::numeric_limits<double>::infinity();
}

bool winograd_allowed(const Problem &problem, int outputs_h, int outputs_w) {
  if (outputs_h == 1 && problem.height().kernel > 1)
    return false; // of the two axes only the width's taps can be left to the sums
  return small_error(problem, outputs_h, outputs_w) && addressable(problem, outputs_h, outputs_w);
}

std::string winograd_obstacle(const Problem &problem) {
  const Axis &height = problem.height(), &width = problem.width();
  if (problem.math == Math::exact)
    return "--math default or fast, for its sums are not the plain ones";
  if (problem.has_depth())
    return "two dimensions, or the planes of a window as channels: there are no transforms along a depth";
  if (!has_transform(height) || !has_transform(width))
    return "stride 1, or stride 2 and at least 3 taps, along each axis that has more than one tap";
  if (height.dilation != 1 || width.dilation != 1)
    return "a kernel without dilation, or strides of 1 where it has one";
  if (height.kernel == 1 && width.kernel == 1)
    return "a kernel larger than 1x1";
  if (height.kernel > most_taps || width.kernel > most_taps)
    return fmt::format("a kernel of at most {} taps along each axis", most_taps);
  if (problem.depthwise())
    return "several input channels per group";
  if (!any_tiles(problem, small_error))
    return "--math fast for this kernel: its error would exceed that of F(4x4,3x3)";
  if (!any_tiles(problem, winograd_allowed))
    return "fewer channels: transformed, its weights would take 2147483648 bytes or more";
  return "";
}

std::string winograd_down_obstacle(const Problem &problem, const Target &target) {
  const Axis &height = problem.height(), &width = problem.width();
  if (problem.math == Math::exact)
    return "--math default or fast, for its sums are not the plain ones";
  if (problem.has_depth())
    return "two dimensions, or the planes of a window as channels: there are no transforms along a depth";
  if (!has_winograd_down(target))
    return "x86: no schedule for " + std::string(target.name);
  if (problem.layout != Layout::nhwc || problem.groups > 1)
    return "layout nhwc and one group, so that a sum's inputs are neighbours";
  if (problem.input_strides().w != problem.in_channels)
    return "an input whose pixels lie side by side, so that a sum's inputs are neighbours";
  if (height.kernel == 1 || !has_transform(height) || height.kernel > most_taps || height.dilation != 1) {
    return fmt::format("2 to {} kernel rows of stride 1, or 3 to {} of stride 2, without dilation", most_taps,
                       most_taps);
  }
  if (width.kernel == 1 || width.kernel > CONVFORGE_WINOGRAD_MAX_POINTS || width.dilation != 1)
    return fmt::format("2 to {} kernel columns without dilation", CONVFORGE_WINOGRAD_MAX_POINTS);
  return "";
}

} // namespace convforge
