// ARM: x86's loops around another heart. A multiply-add of Advanced SIMD takes one factor from a lane of a
// vector register (fmla v0.4s, v1.4s, v2.s[i]), so that one load brings four of the scalars that x86
// broadcasts one by one: four input channels of a pixel, or (vectors along W) the weights of four output
// channels.
//
//   for task                          as on x86
//     for g, b / for yt, xt
//       for r, s, c / 4
//         load 4 channels of each pixel of the tile
//         for each of the 4: load its weights; all accumulators += weights x lane
//       epilogue, store
#include "schedule.hpp"

#include <numeric>

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

/// Vectors along channels: one load brings some input channels of a pixel, and every lane of it meets its
/// weights.
void take_channel_lanes(Convolution &conv, Stage &update, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, n] = conv.v;
  const Halide::RVar c = conv.taps.x, s = conv.taps.y, r = conv.taps.z;
  const Halide::RVar load("load"), lane("lane");
  const Var vectors("vectors");
  const int lanes = plan.broadcast_lanes;
  update.split(c, load, lane, lanes > 1 ? lanes : plan.unroll_c).split(k, vectors, k, region.lanes);
  if (plan.lanes_innermost) {
    update.reorder({k, lane, vectors, x, y, load, s, r, b, g, n});
  } else {
    update.reorder({k, x, y, vectors, lane, load, s, r, b, g, n});
  }
  update.vectorize(k).unroll(x).unroll(y).unroll(vectors).unroll(lane);
  if (conv.channel_lanes.defined()) {
    conv.channel_lanes.compute_at(conv.sum, load).store_in(MemoryType::Stack);
    conv.channel_lanes.bound_extent(conv.i, lanes).vectorize(conv.i).unroll(x).unroll(y);
  }
}

/// Vectors along W: one load brings the weights of some output channels.
void take_weight_lanes(Convolution &conv, Stage &update, const Plan &plan, const Region &region) {
  const Halide::RVar c = conv.taps.x;
  const int lanes = std::gcd(plan.broadcast_lanes, region.block);
  if (lanes > 1) {
    Func weights = conv.packed.in(conv.sum);
    const Var k = weights.args().front();
    weights.compute_at(conv.sum, c).store_in(MemoryType::Stack);
    weights.bound_extent(k, region.block).vectorize(k, lanes).unroll(k);
  }
  if (plan.unroll_c > 1) {
    update.unroll(c, plan.unroll_c);
  }
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
  if (along_channels) {
    take_channel_lanes(conv, update, plan, region);
  } else {
    fill(update.reorder({x, k, y, conv.taps.x, conv.taps.y, conv.taps.z, b, g, n}));
    take_weight_lanes(conv, update, plan, region);
  }
  if (plan.unroll_s) {
    update.unroll(conv.taps.y);
  }
  if (plan.unroll_r) {
    update.unroll(conv.taps.z);
  }
}

} // namespace

void schedule_arm(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
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
