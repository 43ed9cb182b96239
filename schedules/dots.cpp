// 8-bit integers, on every family of targets: the loops are those of floats (loops.hpp), and each vector of
// accumulators takes the elements of its dot products side by side with it, which Halide makes the target's
// instruction of (target/dot.hpp).
#include "base/integer.hpp"
#include "plan/dot_runs.hpp"
#include "schedules/lane_sums.hpp"
#include "schedules/loops.hpp"

namespace convforge {

namespace {

/// ARM's sdot takes the four elements of a pixel from a lane of a vector register, as fmla does (arm.cpp):
/// one load brings those of several dot products.
Halide::Stage take_lanes(Convolution &conv, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  const Halide::RVar &i = conv.taps[4], load("load"), lane("lane");
  const Halide::Var vectors("vectors");
  Halide::Stage update = conv.sum.update();
  update.split(c, load, lane, plan.broadcast_lanes).split(k, vectors, k, region.lanes);
  update.reorder({i, k, x, y, vectors, lane, load, s, r, t, b, g, z, n});
  update.atomic().vectorize(i).vectorize(k).unroll(x).unroll(y).unroll(vectors).unroll(lane);
  const int elements = plan.broadcast_lanes * operands_of(plan.dot).elements;
  conv.channel_lanes.compute_at(conv.sum, load).store_in(Halide::MemoryType::Stack);
  conv.channel_lanes.bound_extent(conv.i, elements).vectorize(conv.i).unroll(x).unroll(y);
  return update;
}

/// Vectors along output channels.
Halide::Stage schedule_channels(Convolution &conv, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  const Halide::RVar &i = conv.taps[4];
  Halide::Stage update = conv.sum.update();
  update.reorder({i, k, x, y, c, s, r, t, b, g, z, n});
  if (operands_of(plan.dot).elements > 1)
    update.atomic().vectorize(i);
  else
    update.unroll(i);
  fill_tile(update, region, k, region.block, {x, y});
  if (plan.unroll_c > 1)
    update.unroll(c, plan.unroll_c);
  if (taps_in_registers(plan))
    update.unroll(c).unroll(t);
  return update;
}

Halide::Stage schedule_dot_products(Convolution &conv, const Plan &plan, const Region &region) {
  if (plan.vector_axis == VectorAxis::input_channel)
    return schedule_lane_sums(conv, region);
  return conv.channel_lanes.defined() ? take_lanes(conv, plan, region)
                                      : schedule_channels(conv, plan, region);
}

} // namespace

void schedule_dots(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  schedule_loops(conv, problem, plan, region);
  Halide::Stage update = schedule_dot_products(conv, plan, region);
  if (plan.window().unroll_s)
    update.unroll(conv.taps.y);
  if (plan.window().unroll_r)
    update.unroll(conv.taps.z);
}

} // namespace convforge
