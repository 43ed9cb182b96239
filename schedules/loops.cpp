#include "schedules/loops.hpp"
#include "algorithms/stored_once.hpp"
#include "base/integer.hpp"
#include "plan/dot_runs.hpp"
#include "plan/fused_pixels.hpp"
#include "schedules/side_by_side.hpp"

namespace convforge {

namespace {

using Halide::Func;
using Halide::MemoryType;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

} // namespace

void schedule_padded(Image &image, int lanes, int rows, int planes, int images) {
  image.padded.bound_extent(image.y, rows).bound_extent(image.z, planes).bound_extent(image.n, images);
  for (const CopyLoop &copy : image.copies) {
    Stage stage = image.padded.update(copy.update);
    if (copy.of == CopyOf::pixels && copy.length > 1) {
      stage.allow_race_conditions(); // none: length elements at most of each pixel's pitch, which Halide
                                     // often cannot prove
    }
    if (copy.of == CopyOf::vectors) {
      stage.allow_race_conditions(); // what two vectors store is the same
      stage.vectorize(copy.j);
    } else if (copy.of == CopyOf::ends) {
      stage.unroll(copy.j);
    } else if (copy.length >= lanes)
      stage.vectorize(copy.j, lanes, TailStrategy::GuardWithIf);
    else if (copy.length > 1)
      stage.vectorize(copy.j);
    else
      stage.unscheduled(); // one element; said aloud, since Halide warns of stages that were forgotten
  }
  image.padded.store_in(MemoryType::Heap);
}

void schedule_converted(Image &image, int lanes, int elements) {
  // The last task may have fewer pixels, and nothing lies behind them: its length is no constant, its room
  // is.
  image.padded.bound_extent(image.y, 1)
      .bound_extent(image.z, 1)
      .bound_extent(image.n, 1)
      .bound_storage(image.j, elements);
  image.padded.vectorize(image.j, lanes, TailStrategy::GuardWithIf).store_in(MemoryType::Heap);
}

namespace {

/// Accumulators: Halide's stack array of constant size becomes registers, since every index in it is a
/// constant.
void schedule_accumulators(Convolution &conv, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const bool along_channels = plan.vector_axis == VectorAxis::channel;
  Func &sum = conv.sum;
  sum.store_in(MemoryType::Stack);
  if (!along_channels)
    sum.reorder_storage(x, k, y, b, g, z, n); // vectors of neighbouring pixels lie side by side
  // Lanes past the region's last channel are computed (their weights are zero) and never stored.
  sum.bound_extent(k, region.block).bound_extent(x, region.tile_w).bound_extent(y, region.tile_h);
  sum.reorder(k, x, y, b, g, z, n);
  Stage zero(sum);
  if (along_channels)
    fill_tile(zero, region, k, region.block, {x, y});
  else
    fill_tile(zero, region, x, region.tile_w, {k, y});
}

/// Where the loops read a copy: of what a task reads, or of the whole image for tasks of channels.
void schedule_image(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region,
                    const VarOrRVar &task) {
  const bool whole_image = plan.parallel == ParallelAxis::channels;
  const Halide::LoopLevel level(conv.output, whole_image ? VarOrRVar(conv.v.n) : task);
  const FusedTask fused = plan.fuses_pixels() ? fused_task(problem, plan, region.tile_w) : FusedTask{};
  const auto outputs = [&](int all, int per_task, int tile) {
    return whole_image ? all : std::min(all, ceil_div(per_task, tile) * tile);
  };
  const int rows =
      plan.fuses_pixels() ? fused.rows : outputs(problem.height().output, plan.rows_per_task, region.tile_h);
  const int columns = outputs(problem.width().output, plan.columns_per_task, region.tile_w);
  const TaskRows task_rows{problem.height().window(rows),
                           problem.depth().window(whole_image ? problem.depth().output : 1)};
  if (conv.side_by_side.defined())
    schedule_side_by_side(conv, problem, plan, region, task_rows);
  if (!conv.image.padded.defined())
    return;
  conv.image.padded.compute_at(level);
  if (conv.image.copies.empty()) {
    schedule_converted(conv.image, copied_lanes(plan, region), columns * conv.image.pitch);
    return;
  }
  if (conv.image.by_pixel)
    conv.image.padded.bound_storage(conv.image.q, columns);
  if (const int channels = plan.channels_of_rows(); channels > 0)
    conv.image.padded.bound_extent(conv.image.q, channels / problem.group_out());
  schedule_padded(conv.image, copied_lanes(plan, region), task_rows.rows, task_rows.planes, fused.images);
}

/// A name for part of a loop, of its kind.
VarOrRVar part_of(const VarOrRVar &loop, const std::string &name) {
  return {name, loop.is_rvar};
}

} // namespace

PixelLoops::PixelLoops(Convolution &conv, const Region &region)
    : stage(conv.pixels.defined() ? conv.output.update() : Stage(conv.output)) {
  if (!conv.pixels.defined()) {
    // ShiftInwards computes a few pixels twice at the edge: every tile stays whole.
    stage.split(conv.v.x, column_tile, column, region.tile_w, TailStrategy::ShiftInwards);
    return;
  }
  stage.allow_race_conditions(); // none: no two of its points store one output
  const TilePixels pixels(conv.pixels);
  column = pixels.column;
  column_tile = pixels.column_tile;
  if (region.tile_h > 1) {
    row = pixels.row;
    row_tile = pixels.row_tile;
    column_task = pixels.column_task;
  }
}

void PixelLoops::split_rows(const Convolution &conv, const Region &region) {
  if (row.is_rvar)
    return;
  const bool one_row = conv.pixels.defined(); // which every image has a multiple of
  stage.split(conv.v.y, row_tile, row, region.tile_h,
              one_row ? TailStrategy::RoundUp : TailStrategy::ShiftInwards);
}

void PixelLoops::split_tasks(const Plan &plan, const Region &region) {
  if (!column_task.is_rvar) {
    column_task = part_of(column_tile, "xo");
    stage.split(column_tile, column_task, column_tile, ceil_div(plan.columns_per_task, region.tile_w),
                TailStrategy::GuardWithIf);
  }
  row_task = part_of(row_tile, "yo");
  stage.split(row_tile, row_task, row_tile, ceil_div(plan.rows_per_task, region.tile_h),
              TailStrategy::GuardWithIf);
}

std::pair<VarOrRVar, VarOrRVar> PixelLoops::tasks_in_order() const {
  if (row_task.is_rvar)
    return {row_task, column_task};
  return {column_task, row_task};
}

VarOrRVar PixelLoops::fuse_tasks(const Convolution &conv) {
  const VarOrRVar planes(Var("planes")), rows = part_of(row_task, "rows"),
                                         task = part_of(column_task, "task");
  stage.fuse(conv.v.z, conv.v.n, planes);
  if (chunked)
    stage.fuse(chunk, planes, planes);
  stage.fuse(row_task, planes, rows).fuse(column_task, rows, task);
  return task;
}

void schedule_loops(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  PixelLoops out(conv, region);
  out.split_rows(conv, region);
  Stage &stage = out.stage;
  const VarOrRVar &xi = out.column, &yi = out.row, &xt = out.column_tile, &yt = out.row_tile;
  VarOrRVar task(Var("task"));
  const bool by_lanes = plan.vector_axis == VectorAxis::input_channel; // b is part of the tile
  if (plan.parallel == ParallelAxis::channels) {
    stage.reorder({k, xi, yi, xt, yt, z, b, g, n}).fuse(b, g, task);
  } else {
    out.split_tasks(plan, region);
    if (const int channels = plan.channels_of_rows(); channels > 0) {
      out.chunked = true;
      stage.split(b, out.chunk, b, channels / region.block);
    }
    const auto [t0, t1] = out.tasks_in_order();
    if (by_lanes)
      stage.reorder({k, b, xi, yi, xt, yt, g, t0, t1, z, n});
    else if (taps_in_registers(plan))
      stage.reorder({k, xi, yi, b, xt, yt, g, t0, t1, z, n}); // all channels of a pixel: one stream of memory
    else if (out.chunked)
      stage.reorder({k, xi, yi, xt, yt, b, g, t0, t1, out.chunk, z, n});
    else
      stage.reorder({k, xi, yi, xt, yt, b, g, t0, t1, z, n});
    task = out.fuse_tasks(conv);
  }
  if (plan.parallel != ParallelAxis::none)
    stage.parallel(task);
  if (region.unroll_tiles)
    stage.unroll(xt);
  if (by_lanes)
    stage.unroll(k).unroll(b).unroll(xi).unroll(yi);
  else if (plan.vector_axis == VectorAxis::channel)
    fill_tile(stage, region, k, std::min(region.block, region.channels), {xi, yi});
  else
    fill_tile(stage, region, xi, region.tile_w, {k, yi});

  conv.sum.compute_at(Halide::LoopLevel(conv.output, taps_in_registers(plan) ? VarOrRVar(b) : xt));
  if (by_lanes)
    conv.partial.compute_at(Halide::LoopLevel(conv.output, xt));
  else
    schedule_accumulators(conv, plan, region);
  if (conv.image.padded.defined() || conv.side_by_side.defined())
    schedule_image(conv, problem, plan, region, task);
}

} // namespace convforge
