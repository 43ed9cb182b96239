// ARM, Winograd: a load brings four channels of V, and multiply-adds take them lane by lane (docs/arm.md).
//
//   for c / 4
//     load 4 channels of each tile
//     for each of the 4: load its weights; all accumulators += weights x lane
#include "base/integer.hpp"
#include "planner/tiles.hpp"
#include "schedules/winograd/winograd_loops.hpp"

#include <algorithm>

namespace convforge {

namespace {

constexpr int vector_floats = 4;
constexpr int most_columns = 16; // of 32 registers; points, sums and constants fill the others

/// The output's transform holds, for each row of outputs that it makes at once, a value for each column of
/// points. F(4x4,3x3) would have 24, and spilled 16 vectors; the even rows and then the odd ones have 12, and
/// as the sums of a pair of points serve the even rows, the differences the odd ones, nothing is computed
/// twice: only 24 loads are added. Where half of the rows are too many as well, each is made by itself.
int output_passes(const WinogradTiles &tiles, int columns) {
  for (const int passes : {1, 2})
    if (ceil_div(tiles.outputs_h, passes) * columns <= most_columns)
      return passes;
  return tiles.outputs_h;
}

} // namespace

void schedule_arm_winograd(Winograd &w, const Problem &problem, const Plan &plan) {
  schedule_winograd_loops(w, problem, plan, std::min(plan.winograd.input_lanes, vector_floats),
                          output_passes(plan.winograd, w.points_x));
  const auto &[c, k, b, o, g, t, p, q, x, y, n] = w.v;
  const Halide::RVar load("load"), lane("lane");
  const Halide::Var vectors("vectors");
  const int lanes = plan.broadcast_lanes;
  Halide::Stage update = w.sum.update();
  update.split(w.channels.x, load, lane, lanes > 1 ? lanes : plan.unroll_c);
  update.split(k, vectors, k, plan.regions.front().lanes);
  if (plan.lanes_innermost) {
    update.reorder({k, lane, vectors, t, load, w.first, q, p, b, g, n});
  } else {
    update.reorder({k, t, vectors, lane, load, w.first, q, p, b, g, n});
  }
  update.vectorize(k).unroll(t).unroll(vectors).unroll(lane);
  if (w.channel_lanes.defined()) {
    w.channel_lanes.compute_at(w.sum, load).store_in(Halide::MemoryType::Stack);
    w.channel_lanes.bound_extent(w.i, lanes).vectorize(w.i).unroll(t);
  }
}

} // namespace convforge
