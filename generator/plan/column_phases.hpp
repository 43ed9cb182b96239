// The order of columns in the padded copy of the input.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// In NCHW the padded copy of a row holds the columns 0, stride, 2 stride, ... first, then 1, 1 + stride,
/// ...: vectors along W read neighbours, once for every output channel. So many of these phases. Depthwise
/// has nothing to spread the cost of gathering over but its taps: with vectors of eight they pay for it (96
/// channels at 112x112 287 us without, 223 with, 5x5 of 32 at 320x320 1849 and 1384; Zen 3, AVX2), with those
/// of sixteen they did not (96 at 112x112 44 % slower; Zen 5, AVX-512).
/// Copies of 8-bit integers are pixels (image.hpp).
inline int column_phases(const Problem &problem, const Plan &plan) {
  constexpr int gathered_lanes = 8;
  const bool gathers = !plan.channelwise() || plan.regions.front().lanes == gathered_lanes;
  return problem.layout == Layout::nchw && gathers && !problem.types.quantised() ? problem.width().stride : 1;
}

} // namespace convforge
