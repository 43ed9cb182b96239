#include "schedules/transposed_loops.hpp"

#include "plan/channels_last.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

using Halide::Func;
using Halide::LoopLevel;
using Halide::MemoryType;
using Halide::TailStrategy;
using Halide::Var;

/// Of a square, whose side is a vector where that fits registers: 16 x 16 of AVX-512 spilled (200 moves
/// beside 170 shuffles), 8 x 8 on ARM (14 reloads in the loop).
constexpr int widest_square = 8;

int square_side(int extent, int lanes) {
  return std::min({widest_square, lanes, static_cast<int>(std::bit_floor(unsigned(extent)))});
}

/// `task_channels`: of the input, those that a task reads.
void schedule_input(TransposedInput &in, const Problem &problem, const TransposedTask &task,
                    int task_channels, int lanes, bool shared) {
  // Whole rows, even if a stride leaves the end of them out, or a pointwise task's columns.
  const bool whole_rows = task.columns == problem.width().output;
  const int width = whole_rows ? problem.width().input : task.columns;
  const int channels = square_side(task_channels, lanes), columns = square_side(width, lanes);
  const Var ci("ci"), xi("xi");
  in.pixels.store_in(MemoryType::Heap).bound_extent(in.n, task.images);
  if (task.blocks > 0)
    in.pixels.bound_extent(in.c, task_channels);
  else
    in.pixels.bound(in.c, 0, task_channels);
  in.pixels.bound_storage(in.y, task.input_rows);
  if (whole_rows)
    in.pixels.bound(in.x, 0, width);
  // Channels outside of columns: a few rows are read as streams, and the pixels' lines are met again soon.
  in.pixels.split(in.c, in.c, ci, channels, TailStrategy::ShiftInwards)
      .split(in.x, in.x, xi, columns, TailStrategy::ShiftInwards)
      .reorder(ci, xi, in.x, in.c, in.y, in.n)
      .vectorize(ci)
      .unroll(xi);
  if (shared)
    in.pixels.parallel(in.y);
  // Stored as it is read: of strided stores LLVM makes shuffles, of strided loads of narrow squares an array
  // that is stored and loaded in parts, each of which waits for the stores.
  in.square.compute_at(in.pixels, in.x).store_in(MemoryType::Stack);
  in.square.bound_extent(in.c, channels).bound_extent(in.x, columns).vectorize(in.x).unroll(in.c);
}

/// Squares of channels and columns that are stored. They begin earlier at the end of the channels and of a
/// row, but where a residual may be the output and each element is stored once (algorithms/stored_once.hpp):
/// then they divide the channels, and end earlier. (ShiftInwardsAndBlend would do, if Halide 21 did not take
/// the output it reads for aligned memory: movaps faults.)
struct StoredSquares {
  int channels, columns;
  TailStrategy tail;
};
StoredSquares stored_squares(const TransposedOutput &out, const Problem &problem, const TransposedTask &task,
                             int lanes) {
  const int channels = square_side(out.channels, lanes), columns = square_side(task.columns, lanes);
  if (!takes_tensor_like_output(problem.epilogue))
    return {channels, columns, TailStrategy::ShiftInwards};
  const int divisor = 1 << std::countr_zero(unsigned(out.channels));
  return {std::min(channels, divisor), columns, TailStrategy::Predicate};
}

/// Tasks of pixels, or of channels that share an image. Returns the loop in which input and sums are
/// computed.
LoopLevel schedule_output(TransposedOutput &out, const TransposedTask &each, const StoredSquares &square,
                          ParallelAxis parallel) {
  const auto &[k, b, g, x, y, z, n] = out.v;
  const Var ki("ki"), xi("xi"), xo("xo"), yo("yo"), bo("bo"), image("image");
  const Var planes("planes"), rows("rows"), task("task");
  Func &output = out.output;
  output.split(x, xo, x, each.columns, TailStrategy::ShiftInwards)
      .split(x, x, xi, square.columns, square.tail);
  output.split(y, yo, y, each.rows, TailStrategy::GuardWithIf);
  output.split(k, k, ki, square.channels, TailStrategy::ShiftInwards);
  output.vectorize(xi).unroll(ki);
  out.square.compute_at(output, x).store_in(MemoryType::Stack).reorder_storage(x, k, b, g, y, z, n);
  out.square.bound_extent(k, square.channels).bound_extent(x, square.columns).vectorize(k).unroll(x);
  output.split(n, n, image, each.images);
  if (parallel == ParallelAxis::channels) { // of one task of pixels
    output.reorder({xi, ki, x, y, xo, yo, image, k, b, g, z, n});
    output.fuse(b, g, planes).fuse(k, planes, task).parallel(task);
    return {output, n};
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
  return {output, task};
}

/// The family's own loops are those of the sums; all of a task's rows and columns, also where the last task
/// stores fewer.
void schedule_sums(TransposedOutput &out, const TransposedTask &each, const LoopLevel &level) {
  const std::vector<Var> dims = out.sums.args();
  const std::size_t first = dims.size() == out.output.args().size() ? 3 : 2; // x after k, b, g or o, g
  out.sums.compute_at(level).store_in(MemoryType::Heap).bound(dims[0], 0, out.computed);
  out.sums.bound_extent(dims[first], each.columns).bound_extent(dims[first + 1], each.rows);
  for (std::size_t i = first + 2; i + 1 < dims.size(); i++)
    out.sums.bound_extent(dims[i], 1);
  out.sums.bound_extent(dims.back(), each.images);
  if (each.blocks > 0)
    out.sums.bound_extent(dims[1], each.blocks);
}

} // namespace

void schedule_transposed(TransposedInput &in, TransposedOutput &out, const Problem &problem, const Plan &plan,
                         const Region &region, int lanes) {
  TransposedTask each = transposed_task(problem, plan);
  each.blocks = std::min(each.blocks, region.blocks());
  const LoopLevel level =
      schedule_output(out, each, stored_squares(out, problem, each, lanes), plan.parallel);
  schedule_sums(out, each, level);
  in.pixels.compute_at(level);
  const int channels = each.blocks > 0 ? each.blocks * region.block : problem.in_channels;
  schedule_input(in, problem, each, channels, lanes, plan.parallel == ParallelAxis::channels);
}

} // namespace convforge
