// x86: every broadcast input element is a load of its own, or an operand in memory.
#include "loops.hpp"

namespace convforge {

void schedule_x86(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  if (plan.skip_rows) {
    schedule_depthwise(conv, problem, plan, region);
    return;
  }
  schedule_loops(conv, problem, plan, region);
  const auto &[k, b, g, x, y, n] = conv.v;
  const Halide::RVar c = conv.taps.x, s = conv.taps.y, r = conv.taps.z;
  Halide::Stage update = conv.sum.update();
  if (plan.vector_axis == VectorAxis::channel) {
    update.reorder({k, x, y, c, s, r, b, g, n});
    fill_tile(update, region, k, region.block, {x, y});
  } else {
    update.reorder({x, k, y, c, s, r, b, g, n});
    fill_tile(update, region, x, region.tile_w, {k, y});
  }
  if (plan.unroll_c > 1) {
    update.unroll(c, plan.unroll_c);
  }
  if (plan.unroll_s) {
    update.unroll(s);
  }
  if (plan.unroll_r) {
    update.unroll(r);
  }
}

} // namespace convforge
