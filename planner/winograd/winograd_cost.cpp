#include "planner/winograd/winograd_cost.hpp"
#include "base/integer.hpp"

#include "plan/winograd_axis.hpp"
#include "plan/winograd_tails.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {

namespace {

/// What one task holds and streams, in bytes.
struct TaskBytes {
  double input = 0, products = 0, weights = 0;
};

TaskBytes task_bytes(const Problem &problem, const Plan &plan) {
  const WinogradShape shape = winograd_shape(problem, plan);
  const Region &region = plan.regions.front();
  const ElementBytes each = element_bytes(problem, plan);
  const double points = each.accumulator * shape.points();
  return {.input = points * shape.input_room.tiles * shape.input_room.channels,
          .products = points * shape.product_room.tiles * region.block,
          .weights =
              each.weights * shape.filter_points * problem.group_in() * region.blocks() * region.block};
}

/// In NCHW a vector of channels is gathered, and scattered, an element at a time.
double strided(const Problem &problem, double lanes) {
  return problem.layout == Layout::nhwc ? 1 : lanes;
}

/// A transform stores what it computes, and that sets its pace: a pass over each row of the image, and one
/// over each tile.
double input_transform_cycles(const Problem &problem, const Platform &platform, const Plan &plan) {
  const WinogradShape shape = winograd_shape(problem, plan);
  const int lanes = std::min(plan.winograd().input_lanes, vector_lanes(platform.target));
  const double vectors =
      ceil_div(problem.group_in(), plan.winograd().input_lanes) * double(plan.winograd().input_lanes) / lanes;
  const double image =
      plan.winograd().rows_per_task * shape.columns * shape.points_y * strided(problem, lanes);
  const double tiles = double(shape.tiles_per_task) * shape.points();
  return vectors * (image + tiles) * platform.machine.transform_cycles_per_vector;
}

/// Each point is read once and each output stored once, with as many additions between.
double output_transform_cycles(const Problem &problem, const Platform &platform, const Plan &plan) {
  const WinogradShape shape = winograd_shape(problem, plan);
  const Region &region = plan.regions.front();
  const int vectors = region.blocks() * (region.block / region.lanes);
  const double outputs =
      plan.winograd().outputs_h * plan.winograd().outputs_w * strided(problem, region.lanes);
  return double(vectors) * shape.tiles_per_task * (shape.points() + outputs) *
         platform.machine.transform_cycles_per_vector;
}

/// Register tiles of one task and block of channels. On ARM small ones, of which more can be left out, lose
/// what that gains (llvm-mca: Cortex-A510 4 tiles of 2 vectors at 61 % of its peak, 8 at 78 %, where 14 % are
/// left out at 14x14; Neoverse V1 3 tiles of 5 vectors at 94 %): there what is left out comes free but
/// decides nothing.
double register_tiles_weighed(const Platform &platform, const WinogradShape &shape, const Region &region) {
  return platform.target.schedules == ScheduleFamily::arm
             ? double(shape.points()) * ceil_div(shape.tiles_per_task, region.tile_w)
             : shape.register_tiles;
}

/// Panels that register tiles read again and again come from L1 while it holds them, else from L2.
double product_l2_bytes(const Problem &problem, const Platform &platform, const Plan &plan) {
  const WinogradShape shape = winograd_shape(problem, plan);
  const Region &region = plan.regions.front();
  const ElementBytes each = element_bytes(problem, plan);
  const double weights = each.weights * problem.group_in() * region.block,
               input = each.accumulator * problem.group_in() * region.tile_w;
  const bool weights_stay = weights + input <= 0.75 * platform.machine.l1_bytes;
  const double register_tiles = register_tiles_weighed(platform, shape, region);
  return weights * (weights_stay ? shape.points() : register_tiles) + input * register_tiles;
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
Streams streams(const Problem &problem, const Platform &platform, const Plan &plan) {
  const TaskBytes bytes = task_bytes(problem, plan);
  const double held = bytes.input + bytes.products, l2 = platform.machine.l2_bytes;
  const double rate = platform.machine.stream_bytes_per_cycle;
  const int blocks = plan.regions.front().blocks();
  Streams cycles;
  if (held + bytes.weights > l2) {
    cycles.products += bytes.weights / rate;
  }
  const bool in_l3 = held <= 0.5 * platform.machine.l3_bytes;
  const double beside_products = in_l3 ? rate : platform.machine.memory_bytes_per_cycle;
  const double alone = in_l3 ? platform.machine.l3_bytes_per_cycle : platform.machine.memory_bytes_per_cycle;
  const double lost = share_lost(platform.machine, held);
  cycles.input = lost * bytes.input / alone;
  cycles.products += lost * (bytes.input + bytes.products) * blocks / beside_products;
  cycles.output = lost * bytes.products * blocks / alone;
  return cycles;
}

/// The caller's tensors, each of which passes once.
double tensor_cycles(const Problem &problem, const Platform &platform, const Plan &plan) {
  const ElementBytes each = element_bytes(problem, plan);
  const double input =
      each.source * problem.batch * problem.height().input * problem.width().input * problem.in_channels;
  const double output = each.destination * problem.batch * problem.height().output * problem.width().output *
                        problem.out_channels;
  const TaskBytes bytes = task_bytes(problem, plan);
  const double tensors = input + output * (1 + problem.epilogue.count(EpilogueOp::Kind::residual));
  Traffic traffic;
  traffic.add(platform, tensors, tensors + bytes.weights + bytes.input);
  return traffic.cycles(platform);
}

} // namespace

WinogradShape winograd_shape(const Problem &problem, const Plan &plan) {
  WinogradShape shape;
  shape.tiles_x = ceil_div(problem.width().output, plan.winograd().outputs_w);
  shape.tiles_y = ceil_div(problem.height().output, plan.winograd().outputs_h);
  const WinogradPoints down = winograd_points(problem.height(), plan.winograd().outputs_h);
  const WinogradPoints along = winograd_points(problem.width(), plan.winograd().outputs_w);
  shape.points_x = along.points;
  shape.points_y = down.points;
  shape.filter_points = down.filter_points * along.filter_points;
  shape.tiles_across = ceil_div(plan.columns_per_task, plan.winograd().outputs_w);
  shape.columns =
      (shape.tiles_across - 1) * plan.winograd().outputs_w * problem.width().stride + shape.points_x;
  shape.tiles_per_task = plan.winograd().rows_per_task * shape.tiles_across;
  const Region &region = plan.regions.front();
  const WinogradTails tails(problem, plan);
  shape.shorter_tails = tails.used();
  shape.rows_together = tails.used() ? shape.tiles_y : 1;
  shape.register_tiles = tails.used() ? tails.computed(shape.points_y, shape.points_x)
                                      : shape.points() * ceil_div(shape.tiles_per_task, region.tile_w);
  shape.input_room = input_room(shape.points(), shape.tiles_per_task, problem.group_in(), region.lanes);
  shape.product_room = product_room(shape.points(), shape.tiles_per_task, region.block);
  shape.tasks = ceil_div(shape.tiles_y, plan.winograd().rows_per_task) *
                ceil_div(shape.tiles_x, shape.tiles_across) * problem.groups * problem.batch;
  return shape;
}

std::string winograd_task(const Plan &plan, const Problem &problem) {
  const WinogradShape shape = winograd_shape(problem, plan);
  if (shape.tiles_across < shape.tiles_x) {
    return fmt::format("{} of a row's {} tiles", shape.tiles_across, shape.tiles_x);
  }
  const int rows = plan.winograd().rows_per_task;
  return fmt::format("{} row{} of tiles", rows, rows == 1 ? "" : "s");
}

Cost winograd_cost(const Problem &problem, const Platform &platform, const Plan &plan) {
  const WinogradShape shape = winograd_shape(problem, plan);
  const Region &region = plan.regions.front();
  const RegisterTile tile = register_tile(problem, plan, region);
  const double register_tiles = double(region.blocks()) * register_tiles_weighed(platform, shape, region);
  const double arithmetic = register_tiles * problem.group_in() * cycles_per_tap(platform, tile);
  const double l2 =
      region.blocks() * product_l2_bytes(problem, platform, plan) / platform.machine.l2_bytes_per_cycle;
  const Streams stream = streams(problem, platform, plan);
  const double transfers = std::max(l2, stream.products);
  const double starts = register_tiles * (2.0 * tile.accumulators() + winograd_register_tile_overhead);
  Cost cost;
  cost.arithmetic = shape.tasks * arithmetic;
  cost.transfers = shape.tasks * transfers + tensor_cycles(problem, platform, plan);
  cost.copies = shape.tasks * (std::max(input_transform_cycles(problem, platform, plan), stream.input) +
                               std::max(output_transform_cycles(problem, platform, plan), stream.output));
  // A stream is fetched ahead while there is arithmetic to do, but not perfectly.
  cost.overhead = shape.tasks *
                  (starts + platform.machine.exposed_share_of_stream * std::min(arithmetic, stream.products));
  return cost;
}

} // namespace convforge
