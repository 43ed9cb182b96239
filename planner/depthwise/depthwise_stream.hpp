// What depthwise with vectors over channels (NHWC) moves, by its tiles and chunks.
#pragma once

#include "plan/plan.hpp"
#include "planner/cost.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Cycles of a call's transfers: input and output once, lines of output read before they are written, rows of
/// the kernel again where L1 does not hold them, and more of all that comes from beyond L2 where memory is
/// not read as one stream.
double depthwise_stream_cycles(const Problem &problem, const Platform &platform, const Plan &plan);

} // namespace convforge
