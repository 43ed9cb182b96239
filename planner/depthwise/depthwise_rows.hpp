// How depthwise with vectors over channels computes one row of output: the tile of pixels, its order, and
// what happens to the taps beside the image.
#pragma once

#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

enum class Columns {
  inside,   ///< no tap lies beside the image
  split,    ///< the loop over tiles is split into the first, those between and the last
  unrolled, ///< all tiles of a row are written out
  copied,   ///< the image is copied with zeros beside it
};

struct DepthwiseRow {
  int tile_w = 1;
  bool taps_innermost = false;
  bool unroll_s = true;
  Columns columns = Columns::inside;
  double cycles = 0; ///< predicted, for one vector of channels
};

/// What bounds the choice.
struct DepthwiseRowLimits {
  int code_bytes;          ///< of one region, roughly
  bool copy = false;       ///< the image is copied anyway
  int columns = 1'000'000; ///< of the input that a tile of several pixels reads
};

/// The fastest by prediction, of what is in L1.
DepthwiseRow depthwise_row(const Problem &problem, const Platform &platform,
                           const DepthwiseRowLimits &limits);

/// Columns of the input that a tile reads.
int columns_read(const Axis &width, int tile_w);

/// One vector of channels of one row of output in such tiles, everything in L1. `copied`: with its share of
/// the copy.
double depthwise_row_cycles(const Problem &problem, const Platform &platform, int tile_w, bool copied);

} // namespace convforge
