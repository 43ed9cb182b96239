// Pooling as tiles are stored, instead of from sums in the workspace. Without patches
// (problem/pooling_patches.hpp) tasks and tiles of a plan are those of the convolution alone, of which all
// its fields speak; within patches what is left in the workspace is pooled already.
//
// In tiles: where no two windows share an output of the convolution and each tile is whole windows, its
// outputs are pooled as they are stored, in registers. In rows, down the columns alone: a row of tiles is
// pooled down as its outputs are made, into a row for each pooled one and what the first window of the next
// row of tiles needs of this one, which stays in the workspace; and from there along.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

enum class TilePooling { none, in_tiles, in_rows };

/// How this plan of the convolution, which has no patches, can pool its tiles.
TilePooling tile_pooling(const Plan &plan, const Problem &problem);

/// The patches of a plan that has such, as rearranged_shape(): with the pooling of each, where its tiles do
/// it.
Problem patches_of_plan(const Plan &plan, const Problem &problem);

/// Does a plan pool its tiles and have no patches? Of a problem without pooling there is nothing to pool.
inline bool pools_tiles(const Plan &plan, const Problem &problem) {
  return problem.pools() && !plan.pools();
}
inline bool pools_in_rows(const Plan &plan, const Problem &problem) {
  return pools_tiles(plan, problem) && tile_pooling(plan, problem) == TilePooling::in_rows;
}

/// Rows and columns that are stored of a tile of so many outputs: all where there is no pooling.
inline int stored_rows(const Problem &problem, int outputs) {
  return outputs / problem.pooling.height().stride;
}
inline int stored_columns(const Problem &problem, int outputs) {
  return outputs / problem.pooling.width().stride;
}

/// In rows: those of one row of tiles that stay in the workspace, one for each pooled row and one that the
/// next row of tiles reads; as many more are those of the row of tiles before.
inline int rows_pooled_down(const Plan &plan, const Problem &problem) {
  return stored_rows(problem, plan.winograd().outputs_h) + 1;
}

/// Elements of what the tiles compute, and of what is stored of it.
inline double outputs_of_tiles(const Problem &problem) {
  return double(problem.batch) * problem.height().output * problem.width().output * problem.out_channels;
}
inline double stored_outputs(const Problem &problem) {
  return problem.pools() ? double(problem.batch) * problem.pooling.height().output *
                               problem.pooling.width().output * problem.out_channels
                         : outputs_of_tiles(problem);
}

} // namespace convforge
