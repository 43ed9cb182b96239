// Plans near a plan: one decision of it changed at a time.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <vector>

namespace convforge {

/// Tiles a pixel or a row larger or smaller, other unrollings, tasks half and twice as large. Every one
/// passes check_plan(), none equals `plan` or another.
std::vector<Plan> neighbours(const Plan &plan, const Problem &problem, const Target &target);

} // namespace convforge
