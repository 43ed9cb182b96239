// Depthwise as a row of families.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family depthwise_family;

/// Family::cost.
Cost depthwise_cost(const Plan &plan, const Problem &problem, const Platform &platform);
std::vector<Candidate> depthwise_plans(const Problem &problem, const Platform &platform);

} // namespace convforge
