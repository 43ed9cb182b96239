#include "schedules/pooled_loops.hpp"

#include "schedules/rearranged_loops.hpp"

namespace convforge {

namespace {

using Halide::LoopLevel;
using Halide::MemoryType;
using Halide::TailStrategy;
using Halide::Var;

/// The epilogue's pass over the patch's rows.
void schedule_finished(PooledOutput &out, const RearrangedTask &task, int lanes, const LoopLevel &level) {
  const auto &[k, b, g, x, y, z, n] = out.stored.v;
  const Var ki("ki");
  Halide::Func &finished = out.finished;
  finished.compute_at(level).store_in(MemoryType::Heap);
  finished.bound(k, 0, out.stored.channels).bound(x, 0, task.columns).bound(y, 0, task.rows);
  finished.bound_extent(z, 1).bound_extent(n, 1);
  finished.split(k, k, ki, vector_of(out.stored.channels, lanes), TailStrategy::ShiftInwards).vectorize(ki);
}

/// Rows of elements, zeros first, in whole vectors.
void schedule_rows(RearrangedInput &in, const Problem &shape, int lanes, const LoopLevel &level) {
  const int elements = shape.width().input * shape.in_channels;
  Halide::Func &row = in.row;
  row.compute_at(level).store_in(MemoryType::Heap);
  row.bound(in.e, 0, elements).bound_storage(in.y, shape.height().input).bound_extent(in.n, 1);
  row.vectorize(in.e, lanes, TailStrategy::ShiftInwards);
  Halide::Stage copy = row.update();
  copy.allow_race_conditions(); // what two vectors store is the same
  copy.vectorize(in.span.x);
}

} // namespace

void schedule_pooled(RearrangedInput &in, PooledOutput &out, const Problem &problem, const Plan &plan,
                     int lanes) {
  const auto &[k, b, g, x, y, z, n] = out.stored.v;
  const Var ki("ki"), xi("xi"), xo("xo"), yo("yo"), planes("planes"), task("task");
  const Problem shape = rearranged_shape(problem, plan);
  const RearrangedTask each = rearranged_task(shape, plan);
  Halide::Stage output(out.stored.output);
  output.split(x, xo, x, plan.pooled.columns, TailStrategy::GuardWithIf);
  output.split(y, yo, y, plan.pooled.rows, TailStrategy::GuardWithIf);
  if (out.stored.square.defined()) {
    // The output is no residual, whose shape is another: it may be stored twice.
    const StoredSquares squares = stored_squares(out.stored, plan.pooled.columns, lanes, false);
    schedule_squares(out.stored, output, squares, ki, xi);
    output.reorder({xi, ki, x, k, b, g, y, xo, yo, z, n});
  } else {
    output.split(k, k, ki, vector_of(out.stored.channels, lanes), TailStrategy::ShiftInwards).vectorize(ki);
    output.reorder({ki, k, b, g, x, y, xo, yo, z, n});
  }
  output.fuse(z, n, planes).fuse(yo, planes, task);
  if (plan.parallel == ParallelAxis::pixels)
    output.parallel(task);
  const LoopLevel level(out.stored.output, xo);
  if (out.finished.defined())
    schedule_finished(out, each, lanes, level);
  schedule_rearranged_sums(out.stored, each, SumsOf::patch, level);
  if (in.row.defined()) {
    schedule_rows(in, shape, lanes, level);
  } else {
    in.pixels.compute_at(level);
    schedule_rearranged_input(in, shape, each, problem.in_channels, lanes, false);
  }
}

} // namespace convforge
