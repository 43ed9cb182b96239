// The order of columns in the padded copy of the input.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// In NCHW the padded copy of a row holds the columns 0, stride, 2 stride, ... first, then 1, 1 + stride,
/// ...: vectors along W read neighbours, once for every output channel. So many of these phases; 1 for
/// depthwise, which has nothing to spread the cost of gathering over (44 % slower so on AVX-512 for 96@112).
inline int column_phases(const Problem &problem, const Plan &plan) {
  const bool along_w = problem.layout == Layout::nchw && !plan.channelwise();
  return along_w ? problem.width().stride : 1;
}

} // namespace convforge
