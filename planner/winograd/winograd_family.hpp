// Winograd with tiles along both axes (or the one that has taps) as a row of families.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family winograd_family;

/// Its plans: the blockings of each size of tile that the problem's math allows.
std::vector<Candidate> winograd_plans(const Problem &problem, const Platform &platform);

} // namespace convforge
