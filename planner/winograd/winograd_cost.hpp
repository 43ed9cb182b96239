// The predicted time of a Winograd plan: its multiply-adds, its transforms, and what crosses between caches.
#pragma once

#include "planner/candidate.hpp"
#include "planner/cost.hpp"
#include "planner/winograd/winograd_shape.hpp"

namespace convforge {

/// Cycles of a register tile of products for addresses and the loop's end, beside zeroing and storing
/// accumulators.
constexpr double winograd_register_tile_overhead = 20;

/// The tile of a plan as the cost model sees it, of both forms of Winograd.
RegisterTile winograd_register_tile(const Problem &problem, const Plan &plan);

/// Predicted cost of one call on one thread; `copies` are the transforms. `shape` is the plan's.
Cost winograd_cost(const Problem &problem, const Platform &platform, const Plan &plan,
                   const WinogradShape &shape);

} // namespace convforge
