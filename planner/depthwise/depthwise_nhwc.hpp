// The plan of depthwise with vectors over channels (NHWC).
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

/// Everything but the algorithm's name and why.
void plan_depthwise_nhwc(Plan &plan, const Problem &problem, const Platform &platform);

} // namespace convforge
