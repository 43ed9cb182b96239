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

} // namespace

void schedule_x86_winograd_down(WinogradDown &w, const Problem &problem, const Plan &plan) {
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
  w.transformed.compute_at(out, y);
  w.product.compute_at(out, b);
  schedule_transform(w, problem, plan);
  schedule_product(w, plan);
}

} // namespace convforge
