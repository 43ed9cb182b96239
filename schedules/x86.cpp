// x86: every broadcast input element is a load of its own, or an operand in memory.
#include "schedules/lane_sums.hpp"
#include "schedules/loops.hpp"

namespace convforge {

namespace {

using Halide::Stage;

void unroll_taps(Stage update, const Convolution &conv, const Plan &plan) {
  if (plan.unroll_c > 1)
    update.unroll(conv.taps.x, plan.unroll_c);
  if (plan.window().unroll_s)
    update.unroll(conv.taps.y);
  if (plan.window().unroll_r)
    update.unroll(conv.taps.z);
}

} // namespace

void schedule_x86(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  schedule_loops(conv, problem, plan, region);
  if (plan.vector_axis == VectorAxis::input_channel) {
    unroll_taps(schedule_lane_sums(conv, region), conv, plan);
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
