#include "algorithms/stored_once.hpp"

#include "algorithms/halide_type.hpp"
#include "base/integer.hpp"

#include <limits>

namespace convforge {

namespace {

using Halide::Expr;

/// A column or row of the output under a pixel of a tile, which begins earlier where it would reach past the
/// image.
struct Place {
  Expr coordinate;
  Expr ahead; ///< of the first pixel that is the tile's own; negative: another tile stores it
};

Place place(const Expr &pixel, const Expr &tile, int size, const Axis &axis) {
  const Expr coordinate = min(tile * size, axis.output - size) + pixel;
  return {coordinate, coordinate - tile * size};
}

/// In bits, from which Halide learns nothing: from a comparison it would conclude that only the sums that are
/// stored need to be computed, and their registers would no longer be told by constants.
Expr is_own(const Expr &ahead) {
  return (ahead & std::numeric_limits<int>::min()) == 0;
}

/// Columns per task are split as evenly as the number of tasks allows, since what a task computes of tiles
/// past the last one is lost.
Halide::RDom pixels_of(const Problem &problem, const Plan &plan, const Region &region) {
  const int tiles = ceil_div(problem.width().output, region.tile_w);
  if (region.tile_h == 1)
    return Halide::RDom(Halide::Region{{0, region.tile_w}, {0, tiles}}, "pixels");
  const int tasks = ceil_div(tiles, ceil_div(plan.columns_per_task, region.tile_w));
  return Halide::RDom(Halide::Region{{0, region.tile_w},
                                     {0, region.tile_h},
                                     {0, ceil_div(tiles, tasks)},
                                     {0, ceil_div(problem.height().output, region.tile_h)},
                                     {0, tasks}},
                      "pixels");
}

} // namespace

int first_unstored(const Plan &plan, const Region &region) {
  int stored = 0;
  for (const Region &earlier : plan.regions) {
    if (earlier.first_channel == region.first_channel)
      break;
    stored = earlier.first_channel + earlier.channels;
  }
  return stored;
}

TilePixels::TilePixels(const Halide::RDom &pixels)
    : column(pixels[0]), column_tile(pixels[pixels.dimensions() == 2 ? 1 : 2]) {
  if (pixels.dimensions() > 2) {
    row = pixels[1];
    row_tile = pixels[3];
    column_task = pixels[4];
  }
}

bool stores_overlap(const Problem &problem, const Plan &plan, const Region &region) {
  if (plan.masks_lanes())
    return false;
  return takes_tensor_like_output(problem.epilogue) &&
         (problem.width().output % region.tile_w != 0 || problem.height().output % region.tile_h != 0 ||
          first_unstored(plan, region) != region.first_channel);
}

void define_stored_once(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  conv.pixels = pixels_of(problem, plan, region);
  const TilePixels at(conv.pixels);
  const bool rows = region.tile_h > 1;
  const Expr tile = rows ? at.column_task * at.column_tile.extent() + at.column_tile : Expr(at.column_tile);
  const Place column = place(at.column, tile, region.tile_w, problem.width());
  const Place row = rows ? place(at.row, at.row_tile, region.tile_h, problem.height()) : Place{y, 0};
  // With vectors along the row the condition is one of each lane: all tiles but the last do without it.
  const bool lanes = plan.vector_axis == VectorAxis::width;
  const int tiles = ceil_div(problem.width().output, region.tile_w);
  conv.pixels.where(lanes ? likely(tile < tiles - 1) || is_own(column.ahead) : is_own(column.ahead));
  conv.pixels.where(is_own(row.ahead));
  if (const int unstored = first_unstored(plan, region); unstored != region.first_channel)
    conv.pixels.where(is_own(region.first_channel - unstored + b * region.block + k));
  conv.output(k, b, g, x, y, z, n) = Halide::undef(halide_type(problem.types.destination));
  conv.output(k, b, g, column.coordinate, row.coordinate, z, n) =
      output_at(conv, problem, column.coordinate, row.coordinate);
}

} // namespace convforge
