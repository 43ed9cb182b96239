// Depthwise with vectors along rows (NCHW) that reads the image where it lies, for x86.
//
//   for n, z, chunk                   tasks: chunks of channels
//     for b                           channels of the chunk
//       for yt                        tiles of rows: the first, those inside, the last
//         for xt                      tiles of a vector of pixels: the same
//           t, s, r, y                written out; taps and lanes beside the image are not there
//           epilogue, store           lanes past the row's end are not stored
#include "plan/masked_tiles.hpp"
#include "schedules/schedule.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::MemoryType;
using Halide::Partition;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;

/// Tiles at the edges are code of their own, with constants for conditions.
void tell_apart(Stage &out, const Var &loop, const Axis &axis, int tile) {
  if (masked_tiles(axis, tile) == TilesWritten::all)
    out.unroll(loop);
  else if (reaches_beside(axis, tile))
    out.partition(loop, Partition::Always);
}

} // namespace

void schedule_x86_masked_rows(Convolution &conv, const Problem &problem, const Plan &plan,
                              const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  Var xi("xi"), xt("xt"), yi("yi"), yt("yt"), bi("bi"), bo("bo"), planes("planes"), task("task");
  Stage out(conv.output);
  out.split(x, xt, xi, region.tile_w, TailStrategy::PredicateStores).vectorize(xi);
  out.split(y, yt, yi, region.tile_h, TailStrategy::GuardWithIf).unroll(yi);
  out.split(b, bo, bi, plan.channels_of_rows());
  out.reorder({xi, yi, k, xt, yt, bi, g, bo, z, n}).fuse(z, n, planes).fuse(bo, planes, task);
  if (plan.parallel != ParallelAxis::none)
    out.parallel(task);
  out.never_partition_all();
  tell_apart(out, xt, problem.width(), region.tile_w);
  tell_apart(out, yt, problem.height(), region.tile_h);

  conv.sum.compute_at(conv.output, xt).store_in(MemoryType::Stack);
  conv.sum.reorder_storage(x, k, y, b, g, z, n);
  conv.sum.bound_extent(k, 1).bound_extent(x, region.tile_w).bound_extent(y, region.tile_h);
  conv.sum.reorder(x, k, y, b, g, z, n).vectorize(x).unroll(y);
  Stage update = conv.sum.update();
  if (plan.window().taps_innermost)
    update.reorder({x, k, c, s, r, y, t, b, g, z, n});
  else
    update.reorder({x, k, y, c, r, s, t, b, g, z, n});
  update.vectorize(x).unroll(y).unroll(r).unroll(s);
}

} // namespace convforge
