// The predicted time of a Winograd plan: its multiply-adds, its transforms, and what crosses between caches.
#pragma once

#include "planner/candidate.hpp"
#include "planner/winograd/winograd_room.hpp"

#include <string>

namespace convforge {

/// Cycles of a register tile of products for addresses and the loop's end, beside zeroing and storing
/// accumulators.
constexpr double winograd_register_tile_overhead = 20;

/// Counts of one plan.
struct WinogradShape {
  int tiles_x = 1, tiles_y = 1;   ///< of an image
  int points_x = 1, points_y = 1; ///< of a tile
  int filter_points = 1;          ///< of a tile: transformed filters' elements that differ
  int tiles_across = 1;           ///< of a row of tiles, those of one task
  int columns = 1;                ///< of the input under them
  int tiles_per_task = 1;
  bool shorter_tails = false; ///< WinogradTails::used()
  int rows_together = 1;      ///< of tiles, transformed down before any of them is along
  int register_tiles = 1;     ///< that are computed, of all points of a task and one block of channels
  PanelRoom input_room, product_room; ///< of a task's transformed input and of its products
  int tasks = 1;                      ///< of one call: rows or parts of rows of tiles x groups x images
  int points() const { return points_x * points_y; }
};

WinogradShape winograd_shape(const Problem &problem, const Plan &plan);

/// In words, what a task transforms at once: "2 rows of tiles", "14 of a row's 56 tiles".
std::string winograd_task(const Plan &plan, const Problem &problem);

/// Predicted cost of one call on one thread; `copies` are the transforms.
Cost winograd_cost(const Problem &problem, const Platform &platform, const Plan &plan);

} // namespace convforge
