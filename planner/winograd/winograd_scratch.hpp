// What Winograd's loops keep in the workspace (schedules/winograd/winograd_loops.hpp).
#pragma once

#include "planner/scratch_buffers.hpp"

namespace convforge {

/// The transformed input of a task beside the larger of a transformed row of the image, or of all, and the
/// products. Where tasks are blocks of channels, the transformed input is shared.
std::vector<Scratch> winograd_scratch(const Plan &plan, const Problem &problem, bool shared);

/// A buffer that has `elements` for each point of a tile; `counts` says what they are.
Scratch point_buffer(std::size_t elements, int points, const std::string &counts);

} // namespace convforge
