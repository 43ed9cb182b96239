// ARM: a multiply-add of Advanced SIMD takes one factor from a lane of a vector register (fmla v0.4s, v1.4s,
// v2.s[i]), so that one load brings four of the scalars that x86 broadcasts one by one: four input channels
// of a pixel, or (vectors along W) the weights of four output channels. docs/arm.md has the arithmetic.
//
//   for r, s, c / 4
//     load 4 channels of each pixel of the tile
//     for each of the 4: load its weights; all accumulators += weights x lane
#include "schedules/loops.hpp"

#include <numeric>

namespace convforge {

namespace {

using Halide::Func;
using Halide::MemoryType;
using Halide::RVar;
using Halide::Stage;
using Halide::Var;

/// Vectors along channels: one load brings some input channels of a pixel, and every lane of it meets its
/// weights.
void take_channel_lanes(Convolution &conv, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  const RVar load("load"), lane("lane");
  const Var vectors("vectors");
  const int lanes = plan.broadcast_lanes;
  Stage update = conv.sum.update();
  update.split(c, load, lane, lanes > 1 ? lanes : plan.unroll_c).split(k, vectors, k, region.lanes);
  if (plan.lanes_innermost)
    update.reorder({k, lane, vectors, x, y, load, s, r, t, b, g, z, n});
  else
    update.reorder({k, x, y, vectors, lane, load, s, r, t, b, g, z, n});
  update.vectorize(k).unroll(x).unroll(y).unroll(vectors).unroll(lane);
  if (conv.channel_lanes.defined()) {
    conv.channel_lanes.compute_at(conv.sum, load).store_in(MemoryType::Stack);
    conv.channel_lanes.bound_extent(conv.i, lanes).vectorize(conv.i).unroll(x).unroll(y);
  }
}

/// Vectors along W: one load brings the weights of some output channels.
void take_weight_lanes(Convolution &conv, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  Stage update = conv.sum.update();
  update.reorder({x, k, y, c, s, r, t, b, g, z, n});
  fill_tile(update, region, x, region.tile_w, {k, y});
  const int lanes = std::gcd(plan.broadcast_lanes, region.block);
  if (lanes > 1) {
    Func weights = conv.packed.in(conv.sum);
    const Var channel = weights.args()[0], tap = weights.args()[1];
    weights.compute_at(conv.sum, c).store_in(MemoryType::Stack);
    weights.bound_extent(channel, region.block).vectorize(channel, lanes).unroll(channel);
    weights.bound_extent(tap, plan.unroll_c).unroll(tap); // registers, too: no loop may be left over them
  }
  if (plan.unroll_c > 1)
    update.unroll(c, plan.unroll_c);
}

} // namespace

void schedule_arm(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  schedule_loops(conv, problem, plan, region);
  if (plan.vector_axis == VectorAxis::channel)
    take_channel_lanes(conv, plan, region);
  else
    take_weight_lanes(conv, plan, region);
  Stage update = conv.sum.update();
  if (plan.window().unroll_s)
    update.unroll(conv.taps.y);
  if (plan.window().unroll_r)
    update.unroll(conv.taps.z);
}

} // namespace convforge
