// Plans that compute NCHW as NHWC (plan/channels_last.hpp): those of the NHWC problem, with their
// transpositions.
#pragma once

#include "planner/family.hpp"

namespace convforge {

/// A family's candidates for the problem between transpositions, in any order. None where the layout is NHWC
/// already, for 3-D, and where a family needs pixels that lie side by side.
std::vector<Candidate> transposed_plans(const Family &family, const Problem &problem,
                                        const Platform &platform);

/// What its loops keep in the workspace: Family::scratch of any plan.
std::vector<Scratch> scratch_of(const Plan &plan, const Problem &problem, bool shared);

/// Throws Error unless the plan's transpositions can be scheduled, and its family takes what lies between
/// them.
void check_transposed(const Plan &plan, const Problem &problem, const Target &target);

} // namespace convforge
