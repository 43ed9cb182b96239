// The predicted time of a plan for Winograd down the columns alone (algorithms/winograd/winograd_down.hpp).
#pragma once

#include "planner/candidate.hpp"

namespace convforge {

/// Counts of one plan.
struct WinogradDownShape {
  int tiles_y = 1;       ///< rows of tiles of an image
  int points = 1;        ///< of a tile
  int filter_points = 1; ///< of a tile: transformed filters' elements that differ
  int taps = 1;          ///< of one sum: the kernel's columns x input channels
  int pieces_x = 1;      ///< register tiles along a row of pixels
  int elements = 1;      ///< of a transformed row
};

WinogradDownShape winograd_down_shape(const Problem &problem, const Plan &plan);

/// Predicted cost of one call on one thread; `copies` are the transforms.
Cost winograd_down_cost(const Problem &problem, const Platform &platform, const Plan &plan);

} // namespace convforge
