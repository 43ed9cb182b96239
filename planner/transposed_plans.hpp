// Plans that compute NCHW as NHWC (plan/channels_last.hpp): those of the NHWC problem, with their
// transpositions.
#pragma once

#include "planner/family.hpp"

namespace convforge {

/// A family's candidates for the problem between transpositions, in any order. None where the layout is NHWC
/// already, for 3-D, and where a family needs pixels that lie side by side.
std::vector<Candidate> transposed_plans(const Family &family, const Problem &problem,
                                        const Platform &platform);

/// The predicted time of such a plan, whatever platform it was proposed for.
Cost cost_of_transposed(const Plan &plan, const Problem &problem, const Platform &platform);

} // namespace convforge
