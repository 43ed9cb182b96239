// The output channels of direct and pointwise plans as a row of regions, each with its register tile: what a
// plan is tried with. `problem` is the plan's, whose pixels it may fuse.
#pragma once

#include "plan/plan.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

#include <vector>

namespace convforge {

/// Together all channels.
using Regions = std::vector<Region>;

/// Vectors along channels: whole blocks of `vectors` vectors, then the vectors that are left (last_blocks()
/// may leave none), the last of them masked (`masked`), or the channels after the last whole vector in one no
/// wider than they need. A vector has `lanes` elements, the target's or fewer.
std::vector<Regions> channel_regions(const Problem &problem, const Platform &platform, const Plan &plan,
                                     int vectors, bool masked, int lanes);
/// Vectors along input channels, `most` output channels beside them: for few output channels.
std::vector<Regions> lane_regions(const Problem &problem, const Platform &platform, const Plan &plan,
                                  int most);
/// Vectors along a row of pixels, output channels beside them (NCHW). Rows shorter than a vector take a
/// narrower one.
std::vector<Regions> width_regions(const Problem &problem, const Platform &platform, const Plan &plan,
                                   int vectors);

} // namespace convforge
