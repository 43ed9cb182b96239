#include "planner/winograd/winograd_cost.hpp"

#include "base/integer.hpp"
#include "plan/pooled_tiles.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/winograd/winograd_shape.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// What one task holds and streams, in bytes.
struct TaskBytes {
  double input = 0, products = 0, weights = 0;
};

TaskBytes task_bytes(const Problem &problem, const Region &region, const WinogradShape &shape,
                     const ElementBytes &each) {
  const double points = each.accumulator * shape.points();
  return {.input = points * shape.input_room.tiles * shape.input_room.channels,
          .products = points * shape.product_room.tiles * region.block,
          .weights =
              each.weights * shape.filter_points * problem.group_in() * region.blocks() * region.block};
}

/// A plan that is weighed, and what follows from it once for all parts of its cost.
struct Weighed {
  const Problem &problem;
  const Platform &platform;
  const Plan &plan;
  const MachineFacts &machine = platform.machine;
  const WinogradPart &tiles = plan.winograd();
  const Region &region = plan.regions.front();
  const WinogradShape &shape;
  const ElementBytes each = element_bytes(problem, plan);
  const TaskBytes bytes = task_bytes(problem, region, shape, each);
};

/// A transform stores what it computes, and that sets its pace: a pass over each row of the image, and one
/// over each tile.
double input_transform_cycles(const Weighed &w) {
  const int lanes = std::min(w.tiles.input_lanes, vector_lanes(w.platform.target));
  const double vectors =
      ceil_div(w.problem.group_in(), w.tiles.input_lanes) * double(w.tiles.input_lanes) / lanes;
  const double image =
      double(w.tiles.images_per_task) * w.tiles.rows_per_task * w.shape.columns * w.shape.points_y;
  const double tiles = double(w.shape.tiles_per_task) * w.shape.points();
  return vectors * (image + tiles) * w.machine.transform_cycles_per_vector;
}

/// Each point is read once and each output stored once, with as many additions between.
double output_transform_cycles(const Weighed &w) {
  const int vectors = w.region.blocks() * (w.region.block / w.region.lanes);
  const double outputs = w.tiles.outputs_h * w.tiles.outputs_w;
  return double(vectors) * w.shape.tiles_per_task * (w.shape.points() + outputs) *
         time_of_vector(w.platform, w.region.lanes) * w.machine.transform_cycles_per_vector;
}

/// Register tiles of one task and block of channels. On ARM small ones, of which more can be left out, lose
/// what that gains (llvm-mca: Cortex-A510 4 tiles of 2 vectors at 61 % of its peak, 8 at 78 %, where 14 % are
/// left out at 14x14; Neoverse V1 3 tiles of 5 vectors at 94 %): there what is left out comes free but
/// decides nothing.
double register_tiles_weighed(const Weighed &w) {
  return w.platform.target.schedules == ScheduleFamily::arm
             ? double(w.shape.points()) * ceil_div(w.shape.tiles_per_task, w.region.tile_w)
             : w.shape.register_tiles;
}

/// Panels that register tiles read again and again come from L1 while it holds them, else from L2.
double product_l2_bytes(const Weighed &w) {
  const double weights = w.each.weights * w.problem.group_in() * w.region.block,
               input = w.each.accumulator * w.problem.group_in() * w.region.tile_w;
  const bool weights_stay = weights + input <= 0.75 * w.machine.l1_bytes;
  const double register_tiles = register_tiles_weighed(w);
  return weights * (weights_stay ? w.shape.points() : register_tiles) + input * register_tiles;
}

/// Cycles that one task's streams from and to beyond L2 take, by the phase that they belong to. While
/// multiply-adds run, streams are fetched ahead; the transforms wait for theirs.
struct Streams {
  double input = 0;    ///< transformed inputs, stored
  double products = 0; ///< while they are computed: weights and transformed inputs read, products stored
  double output = 0;   ///< products, read
};

/// The part of data, passed over again and again, that L2 does not keep.
double share_lost(const MachineFacts &machine, double bytes) {
  const double excess = bytes / machine.l2_bytes - 1;
  return machine.l2_overflow > 0 ? std::clamp(excess / machine.l2_overflow, 0.0, 1.0) : (excess > 0 ? 1 : 0);
}

/// Transformed weights stream where they do not stay in L2 beside a task's data. Data that outgrow it cross
/// at L3's rate while nothing else does, and where they outgrow half of L3 as well (a core is not alone
/// there), at memory's.
Streams streams(const Weighed &w) {
  const MachineFacts &machine = w.machine;
  const double held = w.bytes.input + w.bytes.products;
  // 512 to 512 channels at 7x7 (Zen 3, 32 MB of L3): 26 MB of F(4x2) took 5.7 million cycles, 38 MB of F(4x4)
  // 7.0, 17 MB of F(2x2) 4.5, which its multiply-adds take.
  const bool weights_in_l3 = held + w.bytes.weights <= 0.75 * machine.l3_bytes;
  const double weights_rate =
      weights_in_l3 ? machine.stream_bytes_per_cycle
                    : std::min(machine.stream_bytes_per_cycle, machine.stream_bytes_per_cycle_of_memory);
  const double rate = machine.stream_bytes_per_cycle;
  const int blocks = w.region.blocks();
  Streams cycles;
  if (held + w.bytes.weights > machine.l2_bytes)
    cycles.products += w.bytes.weights / weights_rate;
  const bool in_l3 = held <= 0.5 * machine.l3_bytes;
  const double beside_products = in_l3 ? rate : machine.memory_bytes_per_cycle;
  const double alone = in_l3 ? machine.l3_bytes_per_cycle : machine.memory_bytes_per_cycle;
  const double lost = share_lost(machine, held);
  cycles.input = lost * w.bytes.input / alone;
  cycles.products += lost * (w.bytes.input + w.bytes.products) * blocks / beside_products;
  cycles.output = lost * w.bytes.products * blocks / alone;
  return cycles;
}

/// The caller's tensors.
struct Tensors {
  double input, output, residuals; ///< bytes
  double all() const { return input + output + residuals; }
};

Tensors tensors(const Weighed &w) {
  const Problem &problem = w.problem;
  return {.input = w.each.source * problem.batch * problem.height().input * problem.width().input *
                   problem.in_channels,
          .output = w.each.destination * stored_outputs(problem),
          .residuals = w.each.destination * outputs_of_tiles(problem) *
                       problem.epilogue.count(EpilogueOp::Kind::residual)};
}

/// Cycles in which `bytes` of them pass.
double tensor_cycles(const Weighed &w, double bytes) {
  const Tensors all = tensors(w);
  Traffic traffic;
  traffic.add(w.platform, bytes, all.all() + w.bytes.weights + w.bytes.input);
  return traffic.cycles(w.platform);
}

} // namespace

RegisterTile winograd_register_tile(const Problem &problem, const Plan &plan) {
  RegisterTile tile = register_tile(problem, plan, plan.regions.front());
  tile.loop_instructions = 2; // one address serves both panels
  return tile;
}

Cost winograd_cost(const Problem &problem, const Platform &platform, const Plan &plan,
                   const WinogradShape &shape) {
  const Weighed w{.problem = problem, .platform = platform, .plan = plan, .shape = shape};
  const RegisterTile tile = winograd_register_tile(problem, plan);
  const double register_tiles = double(w.region.blocks()) * register_tiles_weighed(w);
  const double arithmetic = register_tiles * problem.group_in() * cycles_per_tap(platform, tile);
  const double l2 = w.region.blocks() * product_l2_bytes(w) / w.machine.l2_bytes_per_cycle;
  const Streams stream = streams(w);
  const double transfers = std::max(l2, stream.products);
  const double starts = register_tiles * (2.0 * tile.accumulators() + winograd_register_tile_overhead);
  const int tasks = w.shape.tasks;
  Cost cost;
  cost.arithmetic = tasks * arithmetic;
  const Tensors all = tensors(w);
  cost.transfers = tasks * transfers + tensor_cycles(w, all.all());
  // Transforms store the output, whose lines are read before they are written.
  const double stored = tensor_cycles(w, output_passes * (all.output + all.residuals));
  cost.copies = tasks * std::max(input_transform_cycles(w), stream.input) +
                std::max(tasks * std::max(output_transform_cycles(w), stream.output), stored);
  // A stream is fetched ahead while there is arithmetic to do, but not perfectly.
  cost.overhead =
      tasks * (starts + w.machine.exposed_share_of_stream * std::min(arithmetic, stream.products));
  return cost;
}

} // namespace convforge
