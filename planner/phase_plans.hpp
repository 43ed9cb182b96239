// Plans that compute a dilated convolution as dense ones (plan/dilation_phases.hpp): those of the dense
// problem, and what gathering and storing the phases costs.
#pragma once

#include "planner/family.hpp"

namespace convforge {

/// A family's candidates for the phases, in any order. None of a problem without dilation.
std::vector<Candidate> phase_plans(const Family &family, const Problem &problem, const Platform &platform);

/// The predicted time of such a plan, whatever platform it was proposed for.
Cost cost_of_phases(const Plan &plan, const Problem &problem, const Platform &platform);

/// Tasks of a plan of phases.
int phase_tasks(const Plan &plan, const Problem &problem);

/// Throws Error unless the plan computes the phases that there are.
void check_phases(const Plan &plan, const Problem &problem);

} // namespace convforge
