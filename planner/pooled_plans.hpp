// Plans of convolutions with pooling behind them (problem/pooling_patches.hpp): those of the patches, and
// what gathering their input and pooling their sums costs.
#pragma once

#include "planner/family.hpp"

namespace convforge {

/// A family's candidates for the patches, in any order. None of a problem without pooling.
std::vector<Candidate> pooled_plans(const Family &family, const Problem &problem, const Platform &platform);

/// The predicted time of such a plan, whatever platform it was proposed for.
Cost cost_of_pooled(const Plan &plan, const Problem &problem, const Platform &platform);

/// Tasks of such a plan.
int pooled_tasks(const Plan &plan, const Problem &problem);

/// Throws Error unless the plan's patches are ones of the problem, which has a pooling.
void check_pooled(const Plan &plan, const Problem &problem);

} // namespace convforge
