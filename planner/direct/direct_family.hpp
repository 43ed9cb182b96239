// Direct and pointwise as rows of families.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family direct_family;
extern const Family fused_pixels_family;
extern const Family pointwise_family;

/// Family::cost of direct and fused plans, and of pointwise ones of the problem whose pixels are fused.
Cost cost_of_loops(const Plan &plan, const Problem &problem, const Platform &platform);

std::vector<Candidate> direct_plans(const Problem &problem, const Platform &platform);
std::vector<Candidate> fused_plans(const Problem &problem, const Platform &platform);
std::vector<Candidate> pointwise_plans(const Problem &problem, const Platform &platform);

} // namespace convforge
