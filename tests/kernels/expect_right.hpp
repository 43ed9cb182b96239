// A plan computes its problem, and its kernel keeps in the workspace what the plan's formula says.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

namespace convforge {

/// Fails the test that calls it unless it does, on this machine.
void expect_right(const Problem &problem, const Plan &plan, const Target &target);

/// The targets that run here and compute the problem's types.
std::vector<Target> targets_here(const Problem &problem);

/// Expects check_plan() to refuse it, with words that begin so.
void expect_plan_refused(const Problem &problem, const Plan &plan, const Target &target, const char *words);

} // namespace convforge
