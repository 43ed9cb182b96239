#include "direct_cost.hpp"

#include "machine.hpp"
#include "tiles.hpp"

#include <algorithm>
#include <numeric>

namespace convforge {

namespace {

constexpr double tile_overhead_cycles = 40;   // zeroing, epilogue and addresses of a tile, beside its stores
constexpr double task_overhead_cycles = 300;  // taking a task, and its workspace
constexpr double copied_bytes_per_cycle = 16; // a load and a store of a vector every few cycles
constexpr double output_passes = 2;           // a line is read before it is written

/// Bytes that the loops of a plan walk over.
struct Footprint {
  double panel;      ///< packed weights of one block
  double weights;    ///< all of them
  double tile_input; ///< what one tile reads
  double task_input; ///< what one task reads
  double input, output;
  double tasks; ///< how often the whole weights are walked over
};

/// Input elements along an axis that `count` neighbouring outputs read.
double span(const Axis &axis, int count) {
  return double(count - 1) * axis.stride + axis.extent();
}

Footprint footprint(const Problem &problem, const Plan &plan, const Region &region) {
  const Axis &h = problem.height, &w = problem.width;
  const bool by_channels = plan.parallel == ParallelAxis::channels;
  const int rows = by_channels ? h.output : std::min(plan.rows_per_task, h.output);
  const int columns = by_channels ? w.output : std::min(plan.columns_per_task, w.output);
  const double channels = 4.0 * problem.in_channels;
  Footprint f{};
  f.panel = 4.0 * problem.group_in() * h.kernel * w.kernel * region.block;
  f.weights = f.panel * region.blocks() * problem.groups;
  f.tile_input = 4.0 * problem.group_in() * span(h, region.tile_h) * span(w, region.tile_w);
  f.task_input = channels * span(h, rows) * span(w, columns);
  f.input = channels * problem.batch * h.input * w.input;
  f.output = 4.0 * problem.out_channels * problem.batch * h.output * w.output;
  f.tasks = double(problem.batch) * pieces(h.output, rows) * pieces(w.output, columns);
  return f;
}

double tiles_of(const Problem &problem, const Region &region) {
  return double(problem.batch) * problem.groups * region.blocks() *
         pieces(problem.width.output, region.tile_w) * pieces(problem.height.output, region.tile_h);
}

/// The loops: for each task, for each block, for each tile. What a loop walks over again is found where all
/// that passed in between fits.
Traffic region_traffic(const Problem &problem, const Target &target, const Plan &plan, const Region &region) {
  const Footprint f = footprint(problem, plan, region);
  const double blocks = double(region.blocks()) * problem.groups;
  const double tiles = tiles_of(problem, region);
  const double block_input = f.task_input / problem.groups; // a block reads its own group's channels
  const double everything = f.input + f.output + f.weights;
  Traffic traffic;
  // The panel: once from afar for every task, then again for every tile.
  traffic.add(target, f.weights * f.tasks, f.tasks > 1 ? f.weights + f.task_input : everything);
  traffic.add(target, f.panel * (tiles - blocks * f.tasks), f.panel + f.tile_input);
  // The input: once from afar, then again for every block. Rows that tiles share stay in L1 if they fit.
  const double rows = block_input / std::max(1, plan.rows_per_task / region.tile_h);
  const double reread = rows + f.panel <= 0.5 * double(l1_bytes(target)) ? block_input : 0;
  traffic.add(target, f.input, everything);
  traffic.add(target, (reread > 0 ? reread : f.tile_input * tiles / (blocks * f.tasks)) * blocks * f.tasks,
              block_input + f.panel);
  traffic.add(target, output_passes * f.output * region.channels / problem.group_out(), everything);
  return traffic;
}

} // namespace

RegisterTile register_tile(const Plan &plan, const Region &region) {
  if (plan.vector_axis == VectorAxis::channel) {
    return {region.block / region.lanes, region.tile_w * region.tile_h, plan.broadcast_lanes, false,
            plan.lanes_innermost};
  }
  return {region.tile_w / region.lanes, region.block * region.tile_h,
          std::gcd(region.block, plan.broadcast_lanes), true};
}

Cost region_cost(const Problem &problem, const Target &target, const Plan &plan, const Region &region) {
  const double taps = double(problem.group_in()) * problem.height.kernel * problem.width.kernel;
  const RegisterTile tile = register_tile(plan, region);
  const double tiles = tiles_of(problem, region);
  return {.arithmetic = tiles * taps * cycles_per_tap(target, tile),
          .overhead = tiles * (tile_overhead_cycles + tile.accumulators())};
}

Cost direct_cost(const Problem &problem, const Target &target, const Plan &plan) {
  Cost cost;
  double tasks = 0;
  for (const Region &region : plan.regions) {
    cost += region_cost(problem, target, plan, region);
    cost.transfers += region_traffic(problem, target, plan, region).cycles(target);
    const Footprint f = footprint(problem, plan, region);
    if (plan.padded_copy) { // each region copies for itself
      cost.copies += f.tasks * f.task_input / copied_bytes_per_cycle;
    }
    tasks += f.tasks;
  }
  cost.overhead += tasks * task_overhead_cycles;
  return cost;
}

} // namespace convforge
