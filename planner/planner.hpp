// The planner: problem and target in, plan out.
#pragma once

#include "planner/candidate.hpp"

#include <string>

namespace convforge {

/// The plan that was measured to be the fastest on this class of machines (tuned.hpp), else the cheapest of
/// candidates(). `algorithm` is "auto" or a name from name_of(Algorithm); Error if it cannot compute the
/// problem.
Plan make_plan(const Problem &problem, const Target &target, const std::string &algorithm = "auto");

} // namespace convforge
