// What a task of depthwise dot products does (plan/dot_runs.hpp), and the register tiles that do least of it.
#pragma once

#include "plan/plan.hpp"
#include "planner/candidate.hpp"
#include "planner/cost.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// May all taps of a tile be written out, and brought side by side in registers if dot products take several?
bool writes_taps_out(const Problem &problem, const Plan &plan);

/// May those be brought from the caller's tensor, what stands in the padding being found as they are? Else
/// from a copy.
bool may_pad_in_registers(const Plan &plan, const Problem &problem);

/// Sets the tiles of all regions: of taps in registers those that take the fewest instructions for an output.
void choose_depthwise_tiles(Plan &plan, const Problem &problem, const Target &target);

/// Bytes of a row of the input that the workspace keeps, copied and perhaps side by side.
double bytes_of_row(const Problem &problem, const Plan &plan);

Cost cost_of_depthwise_dots(const Plan &plan, const Problem &problem, const Platform &platform);

} // namespace convforge
