// The planner: problem and target in, plan out.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <string>

namespace convforge {

/// Chooses algorithm and tiles. `algorithm` is "auto" or a name from name_of(Algorithm); Error if it cannot
/// compute the problem.
Plan make_plan(const Problem &problem, const Target &target, const std::string &algorithm = "auto");
std::string name_of(Algorithm algorithm);

} // namespace convforge
