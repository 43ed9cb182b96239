#include "planner/winograd/winograd_down_cost.hpp"
#include "base/integer.hpp"

#include "plan/winograd_axis.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/tiles.hpp"
#include "planner/winograd/winograd_cost.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// A transform's pace is set by what it loads and stores.
double transform_cycles(const Problem &problem, const Platform &platform, const Plan &plan) {
  const WinogradDownShape shape = winograd_down_shape(problem, plan);
  const Region &region = plan.regions.front();
  const double input = double(shape.points) * shape.elements / plan.winograd().input_lanes;
  const double vectors = double(problem.width().output) * region.blocks() * region.block / region.lanes;
  const double output = vectors * (shape.points + plan.winograd().outputs_h);
  return (input + output) * platform.machine.transform_cycles_per_vector;
}

/// Weights pass once for every few pixels, and the transformed row beside them.
Traffic traffic(const Problem &problem, const Platform &platform, const Plan &plan) {
  const WinogradDownShape shape = winograd_down_shape(problem, plan);
  const Region &region = plan.regions.front();
  const ElementBytes each = element_bytes(problem, plan);
  const double weights = each.weights * shape.filter_points * shape.taps * region.blocks() * region.block;
  const double row = each.accumulator * shape.points * shape.elements;
  const double products = each.accumulator * shape.points * region.tile_w * region.block;
  const double rows = double(problem.batch) * shape.tiles_y;
  Traffic traffic;
  traffic.add(platform, weights * rows * shape.pieces_x, weights + products + row / shape.pieces_x);
  const double input =
      each.source * problem.batch * problem.height().input * problem.width().input * problem.in_channels;
  const double output = each.destination * problem.batch * problem.height().output * problem.width().output *
                        problem.out_channels * (1 + problem.epilogue.count(EpilogueOp::Kind::residual));
  traffic.add(platform, input + output, input + output + weights);
  return traffic;
}

/// Weights that pass from beyond L2 for every few pixels: all, where L2 does not hold them beside the row.
double streamed_bytes(const Problem &problem, const WinogradDownShape &shape, const Platform &platform,
                      const Plan &plan) {
  const Region &region = plan.regions.front();
  const ElementBytes each = element_bytes(problem, plan);
  const double weights = each.weights * shape.filter_points * shape.taps * region.blocks() * region.block;
  const double held =
      each.accumulator * shape.points * (shape.elements + double(region.tile_w) * region.block);
  return weights + held > platform.machine.l2_bytes ? weights : 0;
}

} // namespace

WinogradDownShape winograd_down_shape(const Problem &problem, const Plan &plan) {
  const WinogradPoints count = winograd_points(problem.height(), plan.winograd().outputs_h);
  WinogradDownShape shape;
  shape.tiles_y = ceil_div(problem.height().output, plan.winograd().outputs_h);
  shape.points = count.points;
  shape.filter_points = count.filter_points;
  shape.taps = problem.width().kernel * problem.in_channels;
  shape.pieces_x = ceil_div(problem.width().output, plan.regions.front().tile_w);
  shape.elements = winograd_down_elements(problem, plan);
  return shape;
}

Cost winograd_down_cost(const Problem &problem, const Platform &platform, const Plan &plan) {
  const WinogradDownShape shape = winograd_down_shape(problem, plan);
  const Region &region = plan.regions.front();
  const RegisterTile tile = register_tile(problem, plan, region);
  const double rows = double(problem.batch) * shape.tiles_y;
  const double sums = rows * shape.pieces_x * region.blocks() * shape.points; // register tiles
  const double arithmetic = sums * shape.taps * cycles_per_tap(platform, tile);
  const double stream = rows * shape.pieces_x * streamed_bytes(problem, shape, platform, plan) /
                        platform.machine.stream_bytes_per_cycle;
  return {.arithmetic = arithmetic,
          .transfers = std::max(stream, traffic(problem, platform, plan).cycles(platform)),
          .copies = rows * transform_cycles(problem, platform, plan),
          .overhead = sums * (2.0 * tile.accumulators() + winograd_register_tile_overhead) +
                      platform.machine.exposed_share_of_stream * std::min(arithmetic, stream)};
}

} // namespace convforge
