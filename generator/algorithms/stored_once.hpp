// Outputs that share memory with a residual: each is stored once.
//
// The last tile of a row or column of pixels begins earlier where tiles do not divide it, and the last region
// of depthwise channels likewise, so that all are whole: some outputs are computed twice and stored twice,
// the same value each time. Where the epilogue reads a tensor like the output, that may be the output itself,
// and a second store would add the residual twice. There, stores of what another tile or region has stored
// are left out.
#pragma once

#include "algorithms/convolution.hpp"

namespace convforge {

/// The dimensions of Convolution::pixels, innermost first, which is the order that loops keep: a column of
/// its tile and the tile of columns, or, where tiles have several rows, column, row, tile of columns within
/// its task, tile of rows, and the task.
struct TilePixels {
  Halide::RVar column, column_tile;
  Halide::RVar row, row_tile, column_task; ///< where tiles have several rows
  explicit TilePixels(const Halide::RDom &pixels);
};

/// The first channel that no region before this one stores.
int first_unstored(const Plan &plan, const Region &region);

/// Whether some outputs of the region are computed more than once, and must not be stored so.
bool stores_overlap(const Problem &problem, const Plan &plan, const Region &region);

/// The output as an update over conv.pixels. Every tile computes all its sums; the condition is on the
/// stores.
void define_stored_once(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);

} // namespace convforge
