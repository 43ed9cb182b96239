// Plans of depthwise with vectors over channels (NHWC).
#pragma once

#include "plan/plan.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

#include <vector>

namespace convforge {

/// Whole vectors of channels, without tiles yet. Vectors read the input as they write the output: none may
/// reach past the last channel. What is left is covered by a vector that ends there, some of its channels
/// computed twice.
std::vector<Region> depthwise_channel_regions(const Problem &problem, const Target &target);

/// Everything but why: the tile that is fastest in L1 and one that reads fewer columns at once, each with as
/// many channels in a chunk as L1 holds of its rows, and with all of them.
std::vector<Plan> depthwise_nhwc_plans(const Problem &problem, const Platform &platform);

/// Bytes of code that each of the plan's regions may take.
int depthwise_code_bytes(const Plan &plan);

/// Columns of the input that a tile reads at once where it comes from beyond L2 as a stream: 9 to 11 were the
/// fastest on Emerald Rapids whatever the channels, kernel and stride (96 channels 112 to 56, tiles of 4
/// pixels 210 us, of 8 213, of 14 237, of 19 274; 32 at 112x112, tiles of 7 pixels 115, of 16 139; 5x5 of 32
/// at 320x320 to 160x160, tiles of 4 706, of 7 787, of 16 863).
constexpr int columns_of_stream = 11;

/// Bytes of the rows that a column of tiles slides over, of a chunk of channels, with its weights.
double column_bytes(const Problem &problem, const Plan &plan, int blocks);

} // namespace convforge
