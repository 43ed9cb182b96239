#include "plan/winograd_axis.hpp"
#include "base/integer.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace convforge {

WinogradPoints winograd_points(const Axis &axis, int outputs) {
  if (outputs == 1)
    return {axis.kernel, axis.kernel};
  const int points = axis.stride * (outputs - 1) + axis.kernel;
  const bool plain_part = axis.stride == 2 && axis.kernel / 2 == 1; // one odd tap, the same for all outputs
  return {points, plain_part ? points - outputs + 1 : points};
}

convforge_winograd winograd_axis(const Axis &axis, int outputs) {
  convforge_winograd matrices;
  if (convforge_winograd_matrices(outputs, axis.kernel, axis.stride, &matrices) != 0) {
    fail("Winograd tile", fmt::format("{} outputs of {} taps, stride {}", outputs, axis.kernel, axis.stride),
         "one that runtime/src/winograd.c has points for");
  }
  return matrices;
}

int winograd_down_elements(const Problem &problem, const Plan &plan) {
  const Axis &width = problem.width();
  const int tile = plan.regions.front().tile_w;
  const int pixels = round_up(width.output, tile);
  return ((pixels - 1) * width.stride + width.kernel) * problem.in_channels;
}

} // namespace convforge
