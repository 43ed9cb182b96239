// Direct and pointwise as rows of families.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family direct_family;
extern const Family fused_pixels_family;
extern const Family pointwise_family;

std::vector<Candidate> direct_plans(const Problem &problem, const Platform &platform);
std::vector<Candidate> fused_plans(const Problem &problem, const Platform &platform);
std::vector<Candidate> pointwise_plans(const Problem &problem, const Platform &platform);

} // namespace convforge
