// Depthwise as a row of families.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family depthwise_family;

std::vector<Candidate> depthwise_plans(const Problem &problem, const Platform &platform);

} // namespace convforge
