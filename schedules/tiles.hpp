// Tiles: regions of output channels and the register tile of each, chosen by predicted cycles. The shape is
// fixed, so tiles are fitted to it: pixels are split evenly, and channels that do not fill a block become a
// region of their own.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <vector>

namespace convforge {

struct Tiling {
  VectorAxis vector_axis = VectorAxis::channel;
  std::vector<Region> regions;
  double cycles = 0; ///< predicted, one call on one thread
};

/// For direct and pointwise. `problem` is the one the loops run over.
Tiling direct_tiles(const Problem &problem, const Target &target);
Tiling depthwise_tiles(const Problem &problem, const Target &target);

/// The even split: `extent` in as few pieces of at most `most` as possible, the size of each.
constexpr int even_piece(int extent, int most) {
  const int pieces = (extent + most - 1) / most;
  return (extent + pieces - 1) / pieces;
}

} // namespace convforge
