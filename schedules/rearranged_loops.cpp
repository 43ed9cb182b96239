#include "schedules/rearranged_loops.hpp"

#include "plan/channels_last.hpp"
#include "plan/dilation_phases.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

using Halide::LoopLevel;
using Halide::MemoryType;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;

/// Of a square, whose side is a vector where that fits registers: 16 x 16 of AVX-512 spilled (200 moves
/// beside 170 shuffles), 8 x 8 on ARM (14 reloads in the loop).
constexpr int widest_square = 8;

int square_side(int extent, int lanes) {
  return std::min(widest_square, vector_of(extent, lanes));
}

} // namespace

int vector_of(int channels, int lanes) {
  return std::min(lanes, static_cast<int>(std::bit_floor(unsigned(channels))));
}

void schedule_rearranged_input(RearrangedInput &in, const Problem &problem, const RearrangedTask &task,
                               int task_channels, int lanes, bool shared) {
  // Whole rows, even if a stride leaves the end of them out, or a pointwise task's columns.
  const bool whole_rows = task.columns == problem.width().output;
  const int width = whole_rows ? problem.width().input : task.columns;
  in.pixels.store_in(MemoryType::Heap).bound_extent(in.n, task.images);
  if (task.blocks > 0)
    in.pixels.bound_extent(in.c, task_channels);
  else
    in.pixels.bound(in.c, 0, task_channels);
  in.pixels.bound_storage(in.y, task.input_rows);
  if (whole_rows)
    in.pixels.bound(in.x, 0, width);
  if (shared)
    in.pixels.parallel(in.y);
  const Var ci("ci"), xi("xi"), plane("plane");
  if (in.plane_channels > 0) { // no vector of two planes
    in.pixels.split(in.c, plane, in.c, in.plane_channels);
    task_channels = in.plane_channels;
  }
  if (!in.square.defined()) {
    in.pixels.split(in.c, in.c, ci, vector_of(task_channels, lanes), TailStrategy::ShiftInwards)
        .vectorize(ci);
    if (in.used)
      in.pixels.unroll(in.c);
    return;
  }
  const int channels = square_side(task_channels, lanes), columns = square_side(width, lanes);
  // Channels outside of columns: a few rows are read as streams, and the pixels' lines are met again soon.
  in.pixels.split(in.c, in.c, ci, channels, TailStrategy::ShiftInwards)
      .split(in.x, in.x, xi, columns, TailStrategy::ShiftInwards);
  if (in.plane_channels > 0)
    in.pixels.reorder(ci, xi, in.x, in.c, plane, in.y, in.n);
  else
    in.pixels.reorder(ci, xi, in.x, in.c, in.y, in.n);
  in.pixels.vectorize(ci).unroll(xi);
  if (in.used)
    in.pixels.unroll(in.c);
  // Stored as it is read: of strided stores LLVM makes shuffles, of strided loads of narrow squares an array
  // that is stored and loaded in parts, each of which waits for the stores.
  in.square.compute_at(in.pixels, in.x).store_in(MemoryType::Stack);
  in.square.bound_extent(in.c, channels).bound_extent(in.x, columns).vectorize(in.x).unroll(in.c);
}

StoredSquares stored_squares(const RearrangedOutput &out, int width, int lanes, bool stored_once) {
  const int channels = square_side(out.channels, lanes), columns = square_side(width, lanes);
  if (!stored_once && !out.guarded)
    return {channels, columns, TailStrategy::ShiftInwards};
  const int divisor = 1 << std::countr_zero(unsigned(out.channels));
  return {std::min(channels, divisor), columns, TailStrategy::Predicate};
}

void schedule_squares(RearrangedOutput &out, Stage &stage, const StoredSquares &square, const Var &ki,
                      const Var &xi) {
  const auto &[k, b, g, x, y, z, n] = out.v;
  stage.split(x, x, xi, square.columns, square.tail);
  stage.split(k, k, ki, square.channels,
              square.tail == TailStrategy::Predicate ? TailStrategy::GuardWithIf : square.tail);
  stage.vectorize(xi).unroll(ki);
  out.square.compute_at(out.output, x).store_in(MemoryType::Stack).reorder_storage(x, k, b, g, y, z, n);
  out.square.bound_extent(k, square.channels).bound_extent(x, square.columns).vectorize(k).unroll(x);
}

/// The family's own loops are those of the sums; all of a task's rows and columns, also where the last task
/// stores fewer.
void schedule_rearranged_sums(RearrangedOutput &out, const RearrangedTask &each, SumsOf what,
                              const LoopLevel &level) {
  const std::vector<Var> dims = out.sums.args();
  const std::size_t first = dims.size() == out.output.args().size() ? 3 : 2; // x after k, b, g or o, g
  out.sums.compute_at(level).store_in(MemoryType::Heap).bound(dims[0], 0, out.computed);
  if (what != SumsOf::image) // whole rows of them, and loops that leave padding out want that as a constant
    out.sums.bound(dims[first], 0, each.columns);
  else
    out.sums.bound_extent(dims[first], each.columns);
  if (what == SumsOf::patch)
    out.sums.bound(dims[first + 1], 0, each.rows);
  else
    out.sums.bound_extent(dims[first + 1], each.rows);
  for (std::size_t i = first + 2; i + 1 < dims.size(); i++)
    out.sums.bound_extent(dims[i], 1);
  out.sums.bound_extent(dims.back(), each.images);
  if (each.blocks > 0)
    out.sums.bound_extent(dims[1], each.blocks);
}

namespace {

/// Vectors divide the channels where each output is stored once.
int stored_vector(const RearrangedOutput &out, int lanes, bool once) {
  const int most = once ? std::min(lanes, 1 << std::countr_zero(unsigned(out.channels))) : lanes;
  return vector_of(out.channels, most);
}

/// The same of plans that leave out channels: loops over outputs are written out, for what their tables say.
/// Tasks that share what was gathered of an image are then its rows.
LoopLevel schedule_spread(RearrangedOutput &out, const RearrangedTask &each, const StoredSquares &square,
                          int lanes, ParallelAxis parallel) {
  const auto &[k, b, g, x, y, z, n] = out.v;
  const Var ki("ki"), xi("xi"), xo("xo"), yo("yo"), image("image"), rows("rows"), task("task");
  Stage output(out.output);
  output.split(x, xo, x, each.columns, TailStrategy::ShiftInwards);
  output.split(y, yo, y, each.rows, TailStrategy::GuardWithIf);
  output.split(n, n, image, each.images);
  if (out.square.defined()) {
    schedule_squares(out, output, square, ki, xi);
    output.reorder({xi, ki, x, k, b, g, y, image, xo, yo, z, n});
  } else {
    const bool once = square.tail == TailStrategy::Predicate;
    output.split(k, k, ki, stored_vector(out, lanes, once), TailStrategy::ShiftInwards).vectorize(ki);
    output.reorder({ki, k, b, g, x, y, image, xo, yo, z, n});
  }
  output.unroll(k);
  if (parallel == ParallelAxis::channels) {
    output.parallel(y);
    return {out.output, n};
  }
  output.fuse(z, n, z).fuse(yo, z, rows).fuse(xo, rows, task);
  if (parallel == ParallelAxis::pixels)
    output.parallel(task);
  return {out.output, task};
}

/// Tasks of pixels, or of channels that share an image. Returns the loop in which input and sums are
/// computed.
LoopLevel schedule_output(RearrangedOutput &out, const RearrangedTask &each, const StoredSquares &square,
                          ParallelAxis parallel) {
  const auto &[k, b, g, x, y, z, n] = out.v;
  const Var ki("ki"), xi("xi"), xo("xo"), yo("yo"), bo("bo"), image("image");
  const Var planes("planes"), rows("rows"), task("task");
  Stage output(out.output);
  output.split(x, xo, x, each.columns, TailStrategy::ShiftInwards);
  output.split(y, yo, y, each.rows, TailStrategy::GuardWithIf);
  schedule_squares(out, output, square, ki, xi);
  output.split(n, n, image, each.images);
  if (parallel == ParallelAxis::channels) { // of one task of pixels
    output.reorder({xi, ki, x, y, xo, yo, image, k, b, g, z, n});
    output.fuse(b, g, planes).fuse(k, planes, task).parallel(task);
    return {out.output, n};
  }
  if (each.blocks > 0) { // chunks of channels one after the other, rows of each
    output.split(b, bo, b, each.blocks, TailStrategy::GuardWithIf);
    output.reorder({xi, ki, x, k, b, g, y, image, xo, yo, bo, z, n});
    output.fuse(z, n, planes).fuse(bo, planes, planes).fuse(yo, planes, rows).fuse(xo, rows, task);
  } else {
    output.reorder({xi, ki, x, k, b, g, y, image, xo, yo, z, n});
    output.fuse(z, n, planes).fuse(yo, planes, rows).fuse(xo, rows, task);
  }
  if (parallel == ParallelAxis::pixels)
    output.parallel(task);
  return {out.output, task};
}

/// The same of phases: all columns of some rows, of one or several phases of rows.
LoopLevel schedule_phases(RearrangedOutput &out, const Problem &problem, const RearrangedTask &each,
                          int lanes, ParallelAxis parallel) {
  const auto &[k, b, g, x, y, z, n] = out.v;
  const Var ki("ki"), xi("xi"), yo("yo"), zo("zo"), planes("planes"), task("task");
  Stage output = out.guarded ? Stage(out.output.update()) : Stage(out.output);
  output.split(y, yo, y, each.rows, TailStrategy::GuardWithIf);
  output.split(z, zo, z, each.images / dilation_phases(problem).columns,
               TailStrategy::GuardWithIf); // divides
  if (out.square.defined()) {
    schedule_squares(
        out, output,
        stored_squares(out, problem.width().output, lanes, takes_tensor_like_output(problem.epilogue)), ki,
        xi);
    output.reorder({xi, ki, x, k, b, g, y, z, yo, zo, n});
  } else {
    output.split(k, k, ki, vector_of(out.channels, lanes), TailStrategy::GuardWithIf).vectorize(ki);
    output.reorder({ki, k, b, g, x, y, z, yo, zo, n});
  }
  output.fuse(zo, n, planes).fuse(yo, planes, task);
  if (parallel == ParallelAxis::pixels)
    output.parallel(task);
  return {out.output, task};
}

/// The same of planes: rows of one or several planes of an image.
LoopLevel schedule_planes(RearrangedOutput &out, const RearrangedTask &each, const StoredSquares &square,
                          int lanes, ParallelAxis parallel) {
  const auto &[k, b, g, x, y, z, n] = out.v;
  const Var ki("ki"), xi("xi"), yo("yo"), zo("zo"), planes("planes"), task("task");
  Stage output(out.output);
  output.split(y, yo, y, each.rows, TailStrategy::GuardWithIf);
  output.split(z, zo, z, each.images, TailStrategy::GuardWithIf); // divides
  if (out.square.defined()) {
    schedule_squares(out, output, square, ki, xi);
    output.reorder({xi, ki, x, k, b, g, y, z, yo, zo, n});
  } else {
    const bool once = square.tail == TailStrategy::Predicate;
    output.split(k, k, ki, stored_vector(out, lanes, once), TailStrategy::ShiftInwards).vectorize(ki);
    output.reorder({ki, k, b, g, x, y, z, yo, zo, n});
  }
  output.fuse(zo, n, planes).fuse(yo, planes, task);
  if (parallel == ParallelAxis::pixels)
    output.parallel(task);
  return {out.output, task};
}

} // namespace

void schedule_rearranged(RearrangedInput &in, RearrangedOutput &out, const Problem &problem, const Plan &plan,
                         const Region &region, int lanes) {
  const Problem shape = rearranged_shape(problem, plan);
  RearrangedTask each = rearranged_task(shape, plan);
  each.blocks = std::min(each.blocks, region.blocks());
  const bool once = takes_tensor_like_output(shape.epilogue);
  const StoredSquares square = stored_squares(out, each.columns, lanes, once);
  const bool phases = plan.phases_per_task > 0, planes = plan.planes == Planes::gathered;
  const LoopLevel level = phases     ? schedule_phases(out, problem, each, lanes, plan.parallel)
                          : planes   ? schedule_planes(out, each, square, lanes, plan.parallel)
                          : out.used ? schedule_spread(out, each, square, lanes, plan.parallel)
                                     : schedule_output(out, each, square, plan.parallel);
  schedule_rearranged_sums(out, each, phases || planes ? SumsOf::phases : SumsOf::image, level);
  in.pixels.compute_at(level);
  const int channels = each.blocks > 0 ? each.blocks * region.block : shape.in_channels;
  schedule_rearranged_input(in, shape, each, channels, lanes, plan.parallel == ParallelAxis::channels);
}

} // namespace convforge
