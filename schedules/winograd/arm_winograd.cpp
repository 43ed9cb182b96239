// ARM, Winograd: a load brings four channels of V, and multiply-adds take them lane by lane (docs/arm.md).
//
//   for c / 4
//     load 4 channels of each tile
//     for each of the 4: load its weights; all accumulators += weights x lane
#include "schedules/winograd/winograd_loops.hpp"

#include <algorithm>

namespace convforge {

namespace {

constexpr int vector_floats = 4;

} // namespace

void schedule_arm_winograd(Winograd &w, const Problem &problem, const Plan &plan) {
  schedule_winograd_loops(w, problem, plan, std::min(plan.winograd().input_lanes, vector_floats));
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const Halide::RVar load("load"), lane("lane");
  const Halide::Var vectors("vectors");
  const int lanes = plan.broadcast_lanes;
  Halide::Stage update = w.sum.update();
  update.split(w.channels.x, load, lane, lanes > 1 ? lanes : plan.unroll_c);
  update.split(k, vectors, k, plan.regions.front().lanes);
  if (plan.lanes_innermost)
    update.reorder({k, lane, vectors, t, load, w.first, q, p, b, g, n});
  else
    update.reorder({k, t, vectors, lane, load, w.first, q, p, b, g, n});
  update.vectorize(k).unroll(t).unroll(vectors).unroll(lane);
  if (w.channel_lanes.defined()) {
    w.channel_lanes.compute_at(w.sum, load).store_in(Halide::MemoryType::Stack);
    w.channel_lanes.bound_extent(w.i, lanes).vectorize(w.i).unroll(t);
  }
}

} // namespace convforge
