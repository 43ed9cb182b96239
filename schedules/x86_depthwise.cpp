// Depthwise with vectors over channels, for x86.
//
//   for chunk                         blocks of channels whose rows of one column of tiles stay in L1
//     for yo, z, n                    tasks: rows of output
//       for xt                        tiles of pixels: the first, those inside, the last
//         for y, b                    rows, blocks of the chunk: consecutive channels
//           for t, r                  the kernel's planes and rows that lie in the image
//             x, s                    written out; taps beside the image are not there
//           epilogue, store
//
// The copy of the columns, where the plan wants one, holds all channels: then chunks run within a task.
#include "problem/axis.hpp"
#include "schedules/loops.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::MemoryType;
using Halide::Partition;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;

void schedule_sum(Convolution &conv, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  conv.sum.store_in(MemoryType::Stack);
  conv.sum.bound_extent(k, region.block).bound_extent(x, region.tile_w).bound_extent(y, 1);
  conv.sum.reorder(k, x, y, b, g, z, n).vectorize(k).unroll(x);
  Stage update = conv.sum.update();
  const auto &[c, s, r, t] = Taps(conv.taps);
  if (plan.window().taps_innermost)
    update.reorder({k, c, s, x, r, t, y, b, g, z, n});
  else
    update.reorder({k, x, c, s, r, t, y, b, g, z, n});
  update.vectorize(k).unroll(x);
  if (plan.window().unroll_s)
    update.unroll(s);
}

} // namespace

void schedule_x86_depthwise(Convolution &conv, const Problem &problem, const Plan &plan,
                            const Region &region) {
  if (plan.masks_lanes()) {
    schedule_x86_masked_rows(conv, problem, plan, region);
    return;
  }
  if (!plan.window().skip_rows) { // vectors along rows of pixels
    schedule_x86(conv, problem, plan, region);
    return;
  }
  const auto &[k, b, g, x, y, z, n] = conv.v;
  PixelLoops pixels(conv, region);
  Stage &out = pixels.stage;
  const Halide::VarOrRVar &xi = pixels.column, &xt = pixels.column_tile;
  Var yi("yi"), yo("yo"), bi("bi"), bo("bo"), planes("planes"), rows("rows"), task("task");

  out.split(y, yo, yi, plan.rows_per_task, TailStrategy::GuardWithIf);
  out.split(b, bo, bi, std::min(plan.depthwise().blocks_per_chunk, region.blocks()),
            TailStrategy::GuardWithIf);
  const bool copied = conv.image.padded.defined();
  if (copied) {
    out.reorder({k, xi, bi, yi, xt, bo, g, yo, z, n}).fuse(z, n, planes).fuse(yo, planes, task);
  } else {
    out.reorder({k, xi, bi, yi, xt, yo, z, n, bo, g});
    out.fuse(z, n, planes).fuse(yo, planes, rows).fuse(rows, bo, task);
  }
  if (plan.parallel != ParallelAxis::none)
    out.parallel(task);
  out.vectorize(k).unroll(xi);
  if (region.unroll_tiles)
    out.unroll(xt);
  if (plan.window().skip_columns) {
    out.never_partition_all();
    if (!region.unroll_tiles) {
      // Where no tap meets the image along an axis, Halide may find no sum to split: it is not told to, then.
      const bool sums = std::ranges::all_of(problem.axes, meets_input);
      out.partition(xt, sums ? Partition::Always : Partition::Auto);
    }
  }
  conv.sum.compute_at(conv.output, bi);
  schedule_sum(conv, plan, region);
  if (copied) {
    conv.image.padded.compute_at(conv.output, task);
    schedule_padded(conv.image, region.lanes,
                    (plan.rows_per_task - 1) * problem.height().stride + problem.height().extent(),
                    problem.depth().extent());
  }
}

} // namespace convforge
