// x86: a register tile of accumulators per innermost loop nest, tasks around it.
//
//   for task (images, row blocks, column blocks)      parallel
//     copy the input rows of the task with their zeros into the workspace      (padded plans)
//     for g, b                        groups, blocks of output channels: one panel of packed weights, kept in
//     L1 or L2
//       for yt, xt                    register tiles of pixels
//         for r, s, c                 the sum, all accumulators in registers
//         epilogue, store
#include "schedule.hpp"

namespace convforge {

namespace {

using Halide::Func;
using Halide::MemoryType;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;

int tiles(int extent, int tile) {
  return (extent + tile - 1) / tile;
}

/// Full vectors along `axis`, then every lane group and pixel of the tile written out.
template <typename Scheduled>
void fill_tile(Scheduled &stage, const Region &region, const Var &vector_axis, int vector_extent,
               std::initializer_list<Var> others) {
  const int lanes = std::min(region.lanes, vector_extent);
  if (lanes == vector_extent) {
    stage.vectorize(vector_axis);
  } else {
    stage.vectorize(vector_axis, lanes).unroll(vector_axis);
  }
  for (const Var &other : others) {
    stage.unroll(other);
  }
}

/// The copy with zeros: whole vectors, then one shorter vector (Image splits it so). `rows` is what a task
/// reads: said aloud, so that the workspace is a constant whatever Halide can prove about the last task.
void schedule_padded(Image &image, int lanes, int rows) {
  image.padded.bound_extent(image.y, rows).bound_extent(image.n, 1);
  for (const CopyLoop &copy : image.copies) {
    Stage stage = image.padded.update(copy.update);
    if (copy.length >= lanes) {
      stage.vectorize(copy.j, lanes, TailStrategy::GuardWithIf);
    } else if (copy.length > 1) {
      stage.vectorize(copy.j);
    } else {
      stage.unscheduled(); // one element; said aloud, since Halide warns of stages that were forgotten
    }
  }
  image.padded.store_in(MemoryType::Heap);
}

/// Accumulators: Halide's stack array of constant size becomes registers, since every index in it is a
/// constant.
void schedule_sum(Convolution &conv, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, n] = conv.v;
  const bool along_channels = plan.vector_axis == VectorAxis::channel;
  Func &sum = conv.sum;
  sum.store_in(MemoryType::Stack);
  if (!along_channels) {
    sum.reorder_storage(x, k, y, b, g, n); // vectors of neighbouring pixels lie side by side
  }
  // Lanes past the region's last channel are computed (their weights are zero) and never stored.
  sum.bound_extent(k, region.block).bound_extent(x, region.tile_w).bound_extent(y, region.tile_h);
  const auto fill = [&](auto stage) {
    if (along_channels) {
      fill_tile(stage, region, k, region.block, {x, y});
    } else {
      fill_tile(stage, region, x, region.tile_w, {k, y});
    }
  };
  sum.reorder(k, x, y, b, g, n);
  fill(Stage(sum));
  Stage update = sum.update();
  const Halide::RVar c = conv.taps.x, s = conv.taps.y, r = conv.taps.z;
  if (along_channels) {
    update.reorder({k, x, y, c, s, r, b, g, n});
  } else {
    update.reorder({x, k, y, c, s, r, b, g, n});
  }
  fill(update);
  if (plan.unroll_c > 1) {
    update.unroll(c, plan.unroll_c);
  }
  if (plan.unroll_s) {
    update.unroll(s);
  }
  if (plan.unroll_r) {
    update.unroll(r);
  }
}

} // namespace

void schedule_x86(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, n] = conv.v;
  Func &out = conv.output;
  Var xi("xi"), xt("xt"), xo("xo"), yi("yi"), yt("yt"), yo("yo"), rows("rows"), task("task");

  // ShiftInwards computes a few pixels twice at the edge: every tile stays whole.
  out.split(x, xt, xi, region.tile_w, TailStrategy::ShiftInwards);
  out.split(y, yt, yi, region.tile_h, TailStrategy::ShiftInwards);
  const bool along_channels = plan.vector_axis == VectorAxis::channel;
  if (plan.parallel == ParallelAxis::channels) {
    out.reorder(k, xi, yi, xt, yt, b, g, n).fuse(b, g, task);
  } else {
    out.split(xt, xo, xt, tiles(plan.columns_per_task, region.tile_w), TailStrategy::GuardWithIf);
    out.split(yt, yo, yt, tiles(plan.rows_per_task, region.tile_h), TailStrategy::GuardWithIf);
    out.reorder(k, xi, yi, xt, yt, b, g, xo, yo, n).fuse(yo, n, rows).fuse(xo, rows, task);
  }
  if (plan.parallel != ParallelAxis::none) {
    out.parallel(task);
  }
  if (along_channels) {
    fill_tile(out, region, k, std::min(region.block, region.channels), {xi, yi});
  } else {
    fill_tile(out, region, xi, region.tile_w, {k, yi});
  }

  conv.sum.compute_at(out, xt);
  schedule_sum(conv, plan, region);
  if (conv.image.padded.defined()) {
    const bool whole_image = plan.parallel == ParallelAxis::channels;
    const int height = problem.height.output;
    const int rows =
        whole_image ? height : std::min(height, tiles(plan.rows_per_task, region.tile_h) * region.tile_h);
    conv.image.padded.compute_at(out, whole_image ? n : task);
    schedule_padded(conv.image, region.lanes, (rows - 1) * problem.height.stride + problem.height.extent());
  }
}

} // namespace convforge
