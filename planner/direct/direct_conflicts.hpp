// Lines of a direct tile that L1 cannot hold together, since they belong into the same set.
#pragma once

#include "plan/plan.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Cycles that a tap of a tile waits for them. `problem` is the one that the loops run over.
double cycles_of_conflicts(const Problem &problem, const Platform &platform, const Plan &plan,
                           const Region &region);

} // namespace convforge
