// Plans that compute a transposed convolution's phases as output channels of one (plan/joined_phases.hpp):
// those of the joined problem, and what storing the phases costs.
#pragma once

#include "planner/family.hpp"

namespace convforge {

/// A family's candidates for all phases at once, in any order. None where the phases differ.
std::vector<Candidate> joined_plans(const Family &family, const Problem &problem, const Platform &platform);

/// The predicted time of such a plan, whatever platform it was proposed for.
Cost cost_of_joined(const Plan &plan, const Problem &problem, const Platform &platform);

/// Throws Error unless the phases can be joined so.
void check_joined(const Plan &plan, const Problem &problem);

} // namespace convforge
