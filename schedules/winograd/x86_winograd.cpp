// x86, Winograd: every element of V is broadcast by itself.
#include "schedules/winograd/winograd_loops.hpp"

namespace convforge {

void schedule_x86_winograd(Winograd &w, const Problem &problem, const Plan &plan) {
  schedule_winograd_loops(w, problem, plan, plan.winograd().input_lanes);
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  Halide::Stage update = w.sum.update();
  update.reorder({k, t, w.channels.x, w.first, q, p, b, g, n}).vectorize(k, plan.regions.front().lanes);
  update.unroll(k).unroll(t);
  if (plan.unroll_c > 1)
    update.unroll(w.channels.x, plan.unroll_c);
}

} // namespace convforge
