#include "schedules/winograd/winograd_loops.hpp"

#include "plan/pooled_tiles.hpp"
#include "planner/winograd/winograd_shape.hpp"

namespace convforge {

namespace {

using Halide::MemoryType;
using Halide::Partition;
using Halide::TailStrategy;
using Halide::Var;

/// Tiles in any order: the rows of a task's images are transformed down before their tiles are along.
void schedule_tiles(Winograd &w, const Plan &plan, const Var &ci, const Var &vectors) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  w.transformed.reorder(ci, q, vectors, p, t, c, g, n).unroll(q);
  w.transformed.partition(c, Partition::Never);
  if (plan.parallel == ParallelAxis::channels)
    w.transformed.parallel(c);
}

/// Row by row.
void schedule_rows_of_tiles(Winograd &w, const Plan &plan, const Var &ci, const Var &vectors) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const Var tx("tx"), ty("ty");
  w.transformed.split(t, ty, tx, w.tiles_x);
  w.transformed.reorder(ci, q, vectors, p, tx, c, ty, g, n).unroll(q);
  w.transformed.partition(ty, Partition::Never)
      .partition(c, Partition::Never)
      .partition(tx, Partition::Never);
  if (plan.parallel == ParallelAxis::channels)
    w.transformed.parallel(ty);
}

void schedule_input_transform(Winograd &w, const Problem &problem, const Plan &plan, int lanes) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const WinogradShape shape = winograd_shape(problem, plan);
  const int channels = plan.winograd().input_lanes;
  const Var vectors("vectors"), ci("ci");
  w.transformed.bound_extent(t, shape.tiles_per_task).bound_extent(c, problem.group_in());
  w.transformed.bound_extent(p, w.points_y).bound_extent(q, w.points_x).bound_extent(g, 1).bound_extent(n, 1);
  w.transformed.store_in(MemoryType::Heap);
  w.transformed.bound_storage(t, shape.input_room.tiles).bound_storage(c, shape.input_room.channels);
  w.transformed.split(c, c, vectors, channels, TailStrategy::ShiftInwards);
  w.transformed.split(vectors, vectors, ci, lanes).vectorize(ci);
  const auto schedule_loops = shape.tiles_in_any_order ? schedule_tiles : schedule_rows_of_tiles;
  schedule_loops(w, plan, ci, vectors);

  w.rows.compute_at(w.transformed, c).store_in(MemoryType::Heap);
  w.rows.bound_extent(c, channels).bound_extent(x, shape.columns).bound_extent(p, w.points_y);
  w.rows.bound_extent(y, shape.rows_together).bound_extent(g, 1);
  w.rows.bound_extent(n, plan.winograd().images_per_task);
  w.rows.split(c, vectors, ci, lanes).reorder(ci, p, vectors, x, y, g, n).vectorize(ci).unroll(p);
}

void schedule_product(Winograd &w, const Problem &problem, const Plan &plan) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const Region &region = plan.regions.front();
  Var ti("ti");
  const WinogradShape shape = winograd_shape(problem, plan);
  w.product.store_in(MemoryType::Heap).bound_storage(t, shape.product_room.tiles);
  w.product.bound_extent(k, region.block).bound_extent(t, shape.tiles_per_task);
  w.product.bound_extent(p, w.points_y).bound_extent(q, w.points_x);
  w.product.bound_extent(b, 1).bound_extent(g, 1).bound_extent(n, 1);
  w.product.split(t, t, ti, region.tile_w, TailStrategy::ShiftInwards);
  w.product.reorder(k, ti, t, q, p, b, g, n).vectorize(k, region.lanes).unroll(k).unroll(ti);

  w.sum.compute_at(w.product, t).store_in(MemoryType::Stack);
  w.sum.bound_extent(k, region.block).bound_extent(t, region.tile_w).bound_extent(w.first, 1);
  w.sum.vectorize(k, region.lanes).unroll(k).unroll(t);
}

} // namespace

void schedule_winograd_loops(Winograd &w, const Problem &problem, const Plan &plan, int input_lanes) {
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const Region &region = plan.regions.front();
  const WinogradPart &plan_tiles = plan.winograd();
  Var oi("oi"), lane("lane"), xi("xi"), yi("yi"), pass("pass"), rows("rows"), part("part");
  Var image("image"), images("images"), task("task");
  Halide::Func &out = w.output;
  out.split(x, x, xi, stored_columns(problem, plan_tiles.outputs_w), TailStrategy::GuardWithIf);
  out.split(y, y, yi, stored_rows(problem, plan_tiles.outputs_h), TailStrategy::GuardWithIf);
  out.split(o, b, oi, region.block, TailStrategy::GuardWithIf).split(oi, oi, lane, region.lanes);
  out.split(yi, yi, pass, plan_tiles.output_passes, TailStrategy::GuardWithIf);
  out.vectorize(lane).unroll(xi).unroll(yi).unroll(pass);
  out.split(n, n, image, plan_tiles.images_per_task);
  if (plan.parallel == ParallelAxis::channels) {
    out.reorder(lane, xi, yi, oi, pass, x, y, image, b, g, n).fuse(g, n, images).parallel(b);
    w.transformed.compute_at(out, images);
  } else {
    out.split(y, rows, y, plan_tiles.rows_per_task, TailStrategy::GuardWithIf);
    out.split(x, part, x, w.tiles_x, TailStrategy::GuardWithIf);
    out.reorder(lane, xi, yi, oi, pass, x, y, image, b, rows, part, g, n).fuse(rows, part, rows);
    out.fuse(g, n, images).fuse(rows, images, task);
    w.transformed.compute_at(out, task);
    if (plan.parallel != ParallelAxis::none)
      out.parallel(task);
  }
  schedule_input_transform(w, problem, plan, input_lanes);
  w.product.compute_at(out, b);
  schedule_product(w, problem, plan);
  w.columns.compute_at(out, oi).store_in(MemoryType::Stack);
  w.columns.bound_extent(o, region.lanes).bound_extent(t, 1).bound_extent(y, plan_tiles.outputs_h);
  w.columns.reorder(o, y, q, t, g, n).vectorize(o).unroll(y).unroll(q);
}

} // namespace convforge
