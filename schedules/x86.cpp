// x86: every broadcast input element is a load of its own, or an operand in memory.
#include "schedules/loops.hpp"

namespace convforge {

namespace {

using Halide::Func;
using Halide::MemoryType;
using Halide::RVar;
using Halide::Stage;

void unroll_taps(Stage &update, const Convolution &conv, const Plan &plan) {
  if (plan.unroll_c > 1)
    update.unroll(conv.taps.x, plan.unroll_c);
  if (plan.window().unroll_s)
    update.unroll(conv.taps.y);
  if (plan.window().unroll_r)
    update.unroll(conv.taps.z);
}

/// Vectors along input channels: partial sums of all output channels and pixels of the tile, whose lanes are
/// then added up.
void sum_by_lanes(Convolution &conv, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const Halide::Var &lane = conv.lane;
  const auto &[c, s, r, t] = Taps(conv.taps);
  for (Func *func : {&conv.partial, &conv.sum}) {
    func->store_in(MemoryType::Stack);
    func->bound_extent(b, region.channels).bound_extent(x, region.tile_w).bound_extent(y, region.tile_h);
  }
  const auto fill = [&](auto stage) { stage.vectorize(lane).unroll(k).unroll(b).unroll(x).unroll(y); };
  conv.partial.reorder(lane, k, b, x, y, g, z, n);
  fill(Stage(conv.partial));
  Stage update = conv.partial.update();
  update.reorder({lane, k, b, x, y, c, s, r, t, g, z, n});
  fill(update);
  unroll_taps(update, conv, plan);
  conv.sum.unroll(k).unroll(b).unroll(x).unroll(y);
  Stage add = conv.sum.update();
  add.reorder({conv.lanes.x, k, b, x, y, g, z, n});
  add.atomic().vectorize(conv.lanes.x).unroll(k).unroll(b).unroll(x).unroll(y);
}

} // namespace

void schedule_x86(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  schedule_loops(conv, problem, plan, region);
  if (plan.vector_axis == VectorAxis::input_channel) {
    sum_by_lanes(conv, plan, region);
    return;
  }
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  Stage update = conv.sum.update();
  if (plan.vector_axis == VectorAxis::channel) {
    if (plan.window().taps_innermost)
      update.reorder({k, s, x, y, c, r, t, b, g, z, n});
    else
      update.reorder({k, x, y, c, s, r, t, b, g, z, n});
    fill_tile(update, region, k, region.block, {x, y});
  } else {
    update.reorder({x, k, y, c, s, r, t, b, g, z, n});
    fill_tile(update, region, x, region.tile_w, {k, y});
  }
  unroll_taps(update, conv, plan);
}

} // namespace convforge
