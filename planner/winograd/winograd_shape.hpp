// What a Winograd plan with tiles along both axes counts up to.
#pragma once

#include "plan/plan.hpp"
#include "planner/winograd/winograd_room.hpp"
#include "problem/problem.hpp"

#include <string>

namespace convforge {

/// Tiles and tasks, whatever the register tiles.
struct WinogradTiling {
  int tiles_x = 1, tiles_y = 1; ///< of an image
  int tiles_across = 1;         ///< of a row of tiles, those of one task
  int tiles_per_task = 1;
  int tasks = 1; ///< of one call: rows or parts of rows of tiles, or several images' x groups x images
};

WinogradTiling winograd_tiling(const Problem &problem, const Plan &plan);

/// And what is held at once.
struct WinogradShape : WinogradTiling {
  int points_x = 1, points_y = 1;  ///< of a tile
  int filter_points = 1;           ///< of a tile: transformed filters' elements that differ
  int columns = 1;                 ///< of the input under a task's tiles
  bool shorter_tails = false;      ///< WinogradTails::used()
  bool tiles_in_any_order = false; ///< not row by row: WinogradTails::used(), or tiles of several images
  int rows_together = 1;           ///< of tiles, transformed down before any of them is along
  int register_tiles = 1;          ///< that are computed, of all points of a task and one block of channels
  PanelRoom input_room, product_room; ///< of a task's transformed input and of its products
  int points() const { return points_x * points_y; }
};

WinogradShape winograd_shape(const Problem &problem, const Plan &plan);

/// The rooms alone, which take time to look for, and the shape with those that are known: the planner weighs
/// many register tiles that differ in their number of tiles only, on which rooms do not depend.
struct WinogradRooms {
  PanelRoom input, product;
};
WinogradRooms winograd_rooms(const Problem &problem, const Plan &plan);
WinogradShape winograd_shape(const Problem &problem, const Plan &plan, const WinogradRooms &rooms);

/// In words, what a task transforms at once: "2 rows of tiles", "14 of a row's 56 tiles".
std::string winograd_task_in_words(const Plan &plan, const Problem &problem);

} // namespace convforge
