// What kernels of 8-bit integers keep in the workspace: Family::scratch.
#pragma once

#include "planner/scratch_buffers.hpp"

#include <vector>

namespace convforge {

std::vector<Scratch> staged_copies(const Plan &plan, const Problem &problem, bool shared);
std::vector<Scratch> staged_pixels(const Plan &plan, const Problem &problem, bool shared);
std::vector<Scratch> side_by_side_copies(const Plan &plan, const Problem &problem, bool shared);

} // namespace convforge
