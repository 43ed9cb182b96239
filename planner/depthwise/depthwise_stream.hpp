// What depthwise with vectors over channels (NHWC) moves, by its tiles and chunks.
#pragma once

#include "plan/plan.hpp"
#include "planner/cost.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Where input and output are in memory: the columns of the input that a tile is to read at most, and the
/// rows of the output that it passes down (depthwise_stream.cpp has the numbers).
int columns_of_memory(const Problem &problem);
constexpr int rows_of_memory = 4;

/// Are input and output together more than a core finds in L3?
bool depthwise_beyond_l3(const Problem &problem, const Platform &platform);

/// Cycles of a call's transfers: input and output once, lines of output read before they are written, rows of
/// the kernel again where L1 does not hold them, and more of all that comes from beyond L2 where memory is
/// not read as one stream.
double depthwise_stream_cycles(const Problem &problem, const Platform &platform, const Plan &plan);

} // namespace convforge
