// Plans of depthwise with vectors along rows (NCHW) that read the image where it lies: no copy of it with
// zeros, but loads of part of a vector at the edges.
#pragma once

#include "plan/plan.hpp"
#include "planner/cost.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

#include <vector>

namespace convforge {

/// Everything but why. None where it does not apply.
std::vector<Plan> masked_depthwise_plans(const Problem &problem, const Platform &platform);

/// Cycles of one channel's plane, all in L1.
double masked_plane_cycles(const Problem &problem, const Platform &platform, const Plan &plan);

/// Throws Error.
void check_masked_rows(const Plan &plan, const Problem &shape, const Target &target);

} // namespace convforge
