// Pooling within tiles: where no two windows share an output of the convolution and each tile of a plan is
// whole windows, the tile's outputs are pooled as they are stored, in registers. There are no patches then
// (problem/pooling_patches.hpp), and all fields of the plan speak of the convolution itself.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Can this plan of the convolution, which has no patches, pool its tiles?
bool can_pool_tiles(const Plan &plan, const Problem &problem);

/// Does it? Of a problem without pooling there is nothing to pool.
inline bool pools_tiles(const Plan &plan, const Problem &problem) {
  return problem.pools() && !plan.pools();
}

/// Rows and columns that are stored of a tile of so many outputs: all where there is no pooling.
inline int stored_rows(const Problem &problem, int outputs) {
  return outputs / problem.pooling.height().stride;
}
inline int stored_columns(const Problem &problem, int outputs) {
  return outputs / problem.pooling.width().stride;
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

/// What of the image is pooled together: a patch, or the whole image where tiles are pooled, whose tiles are
/// those of one patch. Zeros: there is no pooling.
PooledPatch patch_of(const Plan &plan, const Problem &problem);

} // namespace convforge
