// Where tensors lie in the arena, by the steps between which they are needed.
#pragma once

#include "network/network_program.hpp"

namespace convforge::network {

/// Gives each buffer of the arena its place and the program the arena's size. Largest first, each at the
/// lowest place that no buffer needed at the same time has (greedy by size: Pisarchyk, Lee, "Efficient Memory
/// Management for Deep Neural Net Inference", 2020).
void place_in_arena(Program &program);

} // namespace convforge::network
