// Plans that take the planes of a window along the depth as input channels (problem/window_planes.hpp): those
// of the problem of two dimensions, and what gathering its input and storing its sums costs.
#pragma once

#include "planner/family.hpp"

namespace convforge {

/// A family's candidates for the planes, in any order. None of a problem without a depth.
std::vector<Candidate> plane_plans(const Family &family, const Problem &problem, const Platform &platform);

/// The predicted time of such a plan, whatever platform it was proposed for.
Cost cost_of_planes(const Plan &plan, const Problem &problem, const Platform &platform);

/// Throws Error unless the plan, whose planes are gathered, or read in place, can be scheduled.
void check_gathered_planes(const Plan &plan, const Problem &problem);
void check_planes_in_place(const Plan &plan, const Problem &problem, const Target &target);

} // namespace convforge
