// What every plan of 8-bit integers must be.
#pragma once

#include "plan/plan.hpp"
#include "planner/scratch_buffers.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <vector>

namespace convforge {

/// Family::owns of all of them.
bool is_quantised(const Plan &plan, const Problem &problem);

/// Throws Error unless it is. `shape` is the problem that the loops run over.
void check_quantised(const Plan &plan, const Problem &shape, const Target &target);

} // namespace convforge
