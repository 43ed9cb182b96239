// Depthwise with vectors along rows that reads the image where it lies: which tiles of an axis are code of
// their own, so that what lies beside the image is known when they are compiled.
#pragma once

#include "base/integer.hpp"
#include "problem/axis.hpp"

namespace convforge {

/// All of them, or the first, one for those between, and the last. (Where several tiles at an end reach
/// beside the image, all must be.)
enum class TilesWritten { all, edges };

/// Does any tile reach beside the image, by its taps or since the last one is not whole?
constexpr bool reaches_beside(const Axis &axis, int tile) {
  const int outputs = round_up(axis.output, tile);
  return axis.pad_begin > 0 || (outputs - 1) * axis.stride + axis.extent() - axis.pad_begin > axis.input;
}

constexpr int most_tiles_written = 4;

constexpr TilesWritten masked_tiles(const Axis &axis, int tile) {
  return ceil_div(axis.output, tile) <= most_tiles_written ? TilesWritten::all : TilesWritten::edges;
}

/// Do the first and the last tile alone reach beside the image?
constexpr bool edges_within_tiles(const Axis &axis, int tile) {
  const int tiles = ceil_div(axis.output, tile);
  const int last = (tiles - 1) * tile; // the first output of the last tile
  const bool begins = tile * axis.stride >= axis.pad_begin;
  return begins && (last - 1) * axis.stride + axis.extent() <= axis.pad_begin + axis.input;
}

} // namespace convforge
