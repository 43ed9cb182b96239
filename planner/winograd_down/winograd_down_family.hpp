// Winograd down the columns alone as a row of families: a form of Winograd whose sums run over the kernel's
// columns, too.
#pragma once

#include "planner/family.hpp"

namespace convforge {

extern const Family winograd_down_family;

/// Family::cost.
Cost cost_of_winograd_down(const Plan &plan, const Problem &problem, const Platform &platform);
/// Its plans: the register tiles of each size of tile that the problem's math allows.
std::vector<Candidate> winograd_down_plans(const Problem &problem, const Platform &platform);

} // namespace convforge
