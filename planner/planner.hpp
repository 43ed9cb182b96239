// The planner: problem, target and what was measured in, plan out.
#pragma once

#include "planner/candidate.hpp"
#include "planner/tuning.hpp"

#include <string>

namespace convforge {

/// The plan that was measured to be the fastest on this machine (tuned.hpp), else the cheapest of
/// candidates(). `algorithm` is "auto" or a name from name_of(Algorithm); Error if it cannot compute the
/// problem. For the machine `generic`, and without a tuning: the candidate that loses least on any machine
/// (any_machine.hpp), the same everywhere.
Plan make_plan(const Problem &problem, const Target &target, const Tuning &tuning = {},
               const std::string &algorithm = "auto");

} // namespace convforge
