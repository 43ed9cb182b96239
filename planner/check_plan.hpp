// Whether a plan that came from elsewhere (a tuner's file) computes a problem.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

namespace convforge {

/// Throws Error naming the field, its value and what was expected, unless schedules and runtime can take the
/// plan for this problem and target as it stands. Says nothing about speed.
void check_plan(const Plan &plan, const Problem &problem, const Target &target);

} // namespace convforge
