// Whether a Winograd plan can be computed.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

namespace convforge {

/// Of both forms, tiles along both axes and down the columns alone: check_plan().
void check_winograd_plan(const Plan &plan, const Problem &problem, const Target &target);

} // namespace convforge
