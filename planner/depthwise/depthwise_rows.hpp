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

/// The fastest by prediction. `code_bytes` bounds the code of one region, roughly. `copy`: the image is
/// copied anyway.
DepthwiseRow depthwise_row(const Problem &problem, const Platform &platform, int code_bytes, bool copy);

} // namespace convforge
