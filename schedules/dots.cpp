// 8-bit integers, on every family of targets: the loops are those of floats (loops.hpp), and each vector of
// accumulators takes the elements of its dot products side by side with it, which Halide makes the target's
// instruction of (target/dot.hpp).
#include "base/integer.hpp"
#include "plan/dot_runs.hpp"
#include "schedules/lane_sums.hpp"
#include "schedules/loops.hpp"

namespace convforge {

namespace {

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
  return update;
}

} // namespace

void schedule_dots(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  schedule_loops(conv, problem, plan, region);
  const auto &[c, s, r, t] = Taps(conv.taps);
  Halide::Stage update = plan.vector_axis == VectorAxis::input_channel
                             ? schedule_lane_sums(conv, region)
                             : schedule_channels(conv, plan, region);
  if (plan.unroll_c > 1)
    update.unroll(c, plan.unroll_c);
  if (taps_in_registers(plan))
    update.unroll(c).unroll(t);
  if (plan.window().unroll_s)
    update.unroll(s);
  if (plan.window().unroll_r)
    update.unroll(r);
}

} // namespace convforge
