// x86, Winograd down the columns alone: a row of tiles' V, then for each few pixels and each block of
// channels the products of all points and their outputs.
#include "plan/pooled_tiles.hpp"
#include "plan/winograd_axis.hpp"
#include "schedules/schedule.hpp"

namespace convforge {

namespace {

using Halide::MemoryType;
using Halide::TailStrategy;
using Halide::Var;

void schedule_transform(WinogradDown &w, const Problem &problem, const Plan &plan) {
  const auto &[e, k, b, o, g, p, x, y, n] = w.v;
  const int lanes = plan.winograd().input_lanes;
  w.transformed.store_in(MemoryType::Heap);
  w.transformed.bound_extent(e, winograd_down_elements(problem, plan)).bound_extent(p, w.points);
  w.transformed.bound_extent(y, 1).bound_extent(n, 1);
  for (const CopyLoop &row : w.rows) {
    Halide::Stage stage = w.transformed.update(row.update);
    if (row.length > lanes) {
      Halide::RVar vectors("vectors"), lane("lane");
      stage.split(row.j, vectors, lane, lanes, TailStrategy::GuardWithIf).reorder(lane, p, vectors, y, n);
      stage.vectorize(lane);
    } else {
      stage.reorder(row.j, p, y, n).vectorize(row.j);
    }
    stage.unroll(p);
  }
}

void schedule_product(WinogradDown &w, const Plan &plan) {
  const auto &[e, k, b, o, g, p, x, y, n] = w.v;
  const Region &region = plan.regions.front();
  w.product.store_in(MemoryType::Heap);
  w.product.bound_extent(k, region.block).bound_extent(x, region.tile_w).bound_extent(p, w.points);
  w.product.bound_extent(b, 1).bound_extent(y, 1).bound_extent(n, 1);
  w.product.reorder(k, x, p, b, y, n).vectorize(k, region.lanes).unroll(k).unroll(x);

  w.sum.compute_at(w.product, p).store_in(MemoryType::Stack);
  w.sum.bound_extent(k, region.block).bound_extent(x, region.tile_w);
  w.sum.vectorize(k, region.lanes).unroll(k).unroll(x);
  Halide::Stage update = w.sum.update();
  update.reorder({k, x, w.taps.x, p, b, y, n}).vectorize(k, region.lanes).unroll(k).unroll(x);
  if (plan.unroll_c > 1)
    update.unroll(w.taps.x, plan.unroll_c);
}

/// The products of a few pixels and a block of channels, and what is made of them in `outputs`, whose
/// innermost loop over channels is `lane`.
void schedule_tiles_down(WinogradDown &w, const Problem &problem, const Plan &plan, Halide::Func &outputs,
                         const Halide::LoopLevel &row_of_tiles) {
  w.transformed.compute_at(row_of_tiles);
  w.product.compute_at(outputs, w.v.b);
  schedule_transform(w, problem, plan);
  schedule_product(w, plan);
}

void schedule_pooled_in_rows(WinogradDown &w, const Problem &problem, const Plan &plan) {
  const auto &[e, k, b, o, g, p, x, y, n] = w.v;
  const Region &region = plan.regions.front();
  const int rows = stored_rows(problem, plan.winograd().outputs_h);
  Var oi("oi"), lane("lane"), xi("xi"), yi("yi"), tasks("tasks"), images("images"), task("task");
  Halide::Func &out = w.output, &down = w.pooled_down;
  out.split(y, y, yi, rows, TailStrategy::GuardWithIf);
  out.split(y, tasks, y, plan.winograd().rows_per_task, TailStrategy::GuardWithIf);
  out.split(o, o, lane, region.lanes, TailStrategy::GuardWithIf).vectorize(lane).unroll(yi);
  out.reorder(lane, o, x, yi, y, tasks, g, n).fuse(g, n, images).fuse(tasks, images, task);
  if (plan.parallel != ParallelAxis::none)
    out.parallel(task);
  // The row of tiles before is still there, but for a task's first.
  down.store_at(out, task).compute_at(out, y).store_in(MemoryType::Heap).fold_storage(y, 2);
  down.bound(o, 0, region.blocks() * region.block).bound(x, 0, problem.width().output);
  down.bound(w.row, 0, rows + 1).bound_extent(n, 1);
  down.split(x, x, xi, region.tile_w, TailStrategy::GuardWithIf);
  down.split(o, b, oi, region.block).split(oi, oi, lane, region.lanes).vectorize(lane).unroll(w.row);
  down.reorder(lane, w.row, oi, xi, b, x, y, n).partition(x, Halide::Partition::Never);
  schedule_tiles_down(w, problem, plan, down, Halide::LoopLevel(down, y));
}

} // namespace

void schedule_x86_winograd_down(WinogradDown &w, const Problem &problem, const Plan &plan) {
  if (pools_in_rows(plan, problem)) {
    schedule_pooled_in_rows(w, problem, plan);
    return;
  }
  const auto &[e, k, b, o, g, p, x, y, n] = w.v;
  const Region &region = plan.regions.front();
  Var oi("oi"), lane("lane"), xi("xi"), yi("yi"), rows("rows"), images("images"), task("task");
  Halide::Func &out = w.output;
  out.split(x, x, xi, stored_columns(problem, region.tile_w), TailStrategy::GuardWithIf);
  out.split(y, y, yi, stored_rows(problem, plan.winograd().outputs_h), TailStrategy::GuardWithIf);
  out.split(o, b, oi, region.block, TailStrategy::GuardWithIf).split(oi, oi, lane, region.lanes);
  out.split(y, rows, y, plan.winograd().rows_per_task, TailStrategy::GuardWithIf);
  out.vectorize(lane).unroll(yi);
  for (const Var &var : {x, y, rows})
    out.partition(var, Halide::Partition::Never);
  out.reorder(lane, yi, oi, xi, b, x, y, rows, g, n).fuse(g, n, images).fuse(rows, images, task);
  if (plan.parallel != ParallelAxis::none)
    out.parallel(task);
  schedule_tiles_down(w, problem, plan, out, Halide::LoopLevel(out, y));
}

} // namespace convforge
