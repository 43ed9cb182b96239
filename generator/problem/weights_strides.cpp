// Where weights lie, in every order of their dimensions.
#include "problem/problem.hpp"

namespace convforge {

namespace {

/// What the strides are of: dimensions that hold the input channels, of a group or all, or the output
/// channels.
struct WeightsShape {
  std::int64_t c, k, taps;
};

/// Taps from one to the next along each axis, where the last are `step` elements apart.
std::array<std::int64_t, 3> taps_apart(const Problem &problem, std::int64_t step) {
  const std::int64_t rows = problem.width().kernel, planes = rows * problem.height().kernel;
  return {planes * step, rows * step, step};
}

} // namespace

WeightsStrides weights_strides(const Problem &problem) {
  const WeightsShape in_group{problem.group_in(), problem.group_out(), problem.volume(&Axis::kernel)};
  const std::int64_t all_in = problem.in_channels, all_out = problem.out_channels;
  switch (problem.weights_layout) {
  case WeightsLayout::hwio:
    return {taps_apart(problem, in_group.c * all_out), all_out, 1, in_group.k};
  case WeightsLayout::oihw:
    return {taps_apart(problem, 1), in_group.taps, in_group.c * in_group.taps,
            in_group.k * in_group.c * in_group.taps};
  case WeightsLayout::ohwi:
    return {taps_apart(problem, in_group.c), 1, in_group.taps * in_group.c,
            in_group.k * in_group.taps * in_group.c};
  case WeightsLayout::hwoi:
    return {taps_apart(problem, in_group.k * all_in), 1, all_in, in_group.c};
  case WeightsLayout::iohw:
    return {taps_apart(problem, 1), in_group.k * in_group.taps, in_group.taps,
            in_group.c * in_group.k * in_group.taps};
  }
  return {};
}

std::int64_t channel_of_weight(const Problem &problem, std::int64_t place) {
  const std::int64_t taps = problem.volume(&Axis::kernel), c = problem.group_in(), k = problem.group_out();
  switch (problem.weights_layout) {
  case WeightsLayout::hwio:
    return place % problem.out_channels;
  case WeightsLayout::oihw:
  case WeightsLayout::ohwi:
    return place / (c * taps);
  case WeightsLayout::hwoi:
    return place / problem.in_channels % k; // one group
  case WeightsLayout::iohw:
    return place / (k * taps) / c * k + place / taps % k;
  }
  return 0;
}

} // namespace convforge
