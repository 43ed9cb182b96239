#include "schedules/joined_loops.hpp"

#include "base/integer.hpp"
#include "plan/joined_phases.hpp"
#include "planner/tiles.hpp"
#include "schedules/rearranged_loops.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

using Halide::LoopLevel;
using Halide::MemoryType;
using Halide::Stage;
using Halide::TailStrategy;
using Halide::Var;

int power_of_two_in(int extent) {
  return 1 << std::countr_zero(unsigned(extent));
}

/// Vectors of an extent. Where each element is stored once they divide it; else the last one begins earlier.
int vector_along(int extent, int lanes, bool once) {
  return vector_of(once ? power_of_two_in(extent) : extent, lanes);
}

/// In NHWC the channels of neighbouring columns follow one another, if nothing lies between pixels: where
/// they are few, a vector has several columns'. 64 to 3 channels of nine phases took as long with a bias and
/// slopes as without (Emerald Rapids).
void schedule_channels(RearrangedOutput &out, Stage &output, const Problem &problem, int lanes, bool once) {
  const auto &[k, b, g, x, y, z, n] = out.v;
  const Var ki("ki");
  const bool follow = problem.output_strides().w == problem.group_out();
  if (!follow || problem.group_out() >= lanes) {
    output.split(k, k, ki, vector_along(problem.group_out(), lanes, once), TailStrategy::ShiftInwards);
    output.vectorize(ki).reorder({ki, k, b, g, x, z, y, n});
    return;
  }
  const int extent = problem.group_out() * joined_phases(problem).columns;
  output.fuse(k, b, k).split(k, k, ki, vector_along(extent, lanes, once), TailStrategy::ShiftInwards);
  output.vectorize(ki).reorder({ki, k, g, x, z, y, n});
}

/// In NCHW the columns of all phases follow one another: squares of them and of channels.
void schedule_squares_of_phases(RearrangedOutput &out, Stage &output, const Problem &problem, int lanes,
                                bool once) {
  constexpr int widest = 8; // rearranged_loops.cpp
  const auto &[k, b, g, x, y, z, n] = out.v;
  const Var ki("ki"), xi("xi"), xo("xo");
  const int phases = joined_phases(problem).columns, width = problem.width().output / phases;
  const int channels = vector_along(problem.group_out(), std::min(widest, lanes), once);
  const int columns = once ? largest_divisor(width, widest) : std::min(width, widest);
  const int vector = vector_along(columns * phases, lanes, once);
  output.split(x, xo, x, columns, TailStrategy::ShiftInwards).fuse(b, x, x);
  output.split(x, x, xi, vector, TailStrategy::ShiftInwards).vectorize(xi).unroll(x);
  output.split(k, k, ki, channels, TailStrategy::ShiftInwards).unroll(ki);
  output.reorder({xi, x, ki, xo, k, g, z, y, n});
  out.square.compute_at(out.output, xo).store_in(MemoryType::Stack).reorder_storage(b, x, k, g, y, z, n);
  out.square.bound_extent(k, channels).bound_extent(x, columns).vectorize(k).unroll(b).unroll(x);
}

} // namespace

void schedule_joined(RearrangedInput &in, RearrangedOutput &out, const Problem &problem, const Plan &plan,
                     int lanes) {
  const Problem shape = rearranged_shape(problem, plan);
  const RearrangedTask each = rearranged_task(shape, plan);
  const bool once = takes_tensor_like_output(problem.epilogue);
  const auto &[k, b, g, x, y, z, n] = out.v;
  const Var yo("yo"), image("image"), task("task");
  Stage output(out.output);
  if (out.square.defined())
    schedule_squares_of_phases(out, output, problem, lanes, once);
  else
    schedule_channels(out, output, problem, lanes, once);
  output.split(y, yo, y, each.rows, TailStrategy::GuardWithIf).split(n, n, image, each.images);
  output.reorder({y, image, yo, n});
  const bool channels = plan.parallel == ParallelAxis::channels; // share an image: one task of rows
  if (channels)
    output.parallel(y);
  else
    output.fuse(yo, n, task);
  if (plan.parallel == ParallelAxis::pixels)
    output.parallel(task);
  const LoopLevel level{out.output, channels ? n : task};
  schedule_rearranged_sums(out, each, SumsOf::image, level);
  in.pixels.compute_at(level);
  schedule_rearranged_input(in, shape, each, shape.in_channels, lanes, channels);
}

} // namespace convforge
