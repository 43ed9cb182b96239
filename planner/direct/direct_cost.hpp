// The time of a direct or pointwise plan, predicted from its loops (schedules/loops.hpp).
#pragma once

#include "planner/candidate.hpp"
#include "planner/cost.hpp"

namespace convforge {

/// The tile of a region as the cost model sees it.
RegisterTile register_tile(const Problem &problem, const Plan &plan, const Region &region);

/// Blocks that the loops around a tile walk over: none where a tile holds the whole region.
int blocks_around(const Plan &plan, const Region &region);

/// The share of an axis' taps that meet the input and not its padding.
double inside_share(const Axis &axis);

/// Cycles of arithmetic and overhead of one region. `problem` is the one the loops run over.
Cost region_cost(const Problem &problem, const Platform &platform, const Plan &plan, const Region &region);

/// The whole plan: its regions, the transfers between its loops, its copies and tasks.
Cost direct_cost(const Problem &problem, const Platform &platform, const Plan &plan);

} // namespace convforge
