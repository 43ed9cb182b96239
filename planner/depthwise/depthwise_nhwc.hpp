// The plan of depthwise with vectors over channels (NHWC).
#pragma once

#include "plan/plan.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Everything but the algorithm's name and why.
void plan_depthwise_nhwc(Plan &plan, const Problem &problem, const Platform &platform);

} // namespace convforge
