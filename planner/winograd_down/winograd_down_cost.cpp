#include "planner/winograd_down/winograd_down_cost.hpp"

#include "base/integer.hpp"
#include "plan/pooled_tiles.hpp"
#include "plan/winograd_axis.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/winograd/winograd_cost.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// A plan that is weighed, and what follows from it once for all parts of its cost.
struct WeighedDown {
  const Problem &problem;
  const Platform &platform;
  const Plan &plan;
  const Region &region = plan.regions.front();
  const WinogradDownShape shape = winograd_down_shape(problem, plan);
  const ElementBytes each = element_bytes(problem, plan);
  const double weights = each.weights * shape.filter_points * shape.taps * region.blocks() * region.block;
};

/// A transform's pace is set by what it loads and stores.
double transform_cycles(const WeighedDown &w) {
  const double input = double(w.shape.points) * w.shape.elements / w.plan.winograd().input_lanes;
  const double vectors =
      double(w.problem.width().output) * w.region.blocks() * w.region.block / w.region.lanes;
  const int stored =
      pools_in_rows(w.plan, w.problem) ? rows_pooled_down(w.plan, w.problem) : w.plan.winograd().outputs_h;
  const double output = time_of_vector(w.platform, w.region.lanes) * vectors * (w.shape.points + stored);
  return (input + output) * w.platform.machine.transform_cycles_per_vector;
}

/// Cycles of transfers. Weights pass once for every few pixels, and the transformed row beside them; some
/// channels of each pixel are stored in pieces.
double transfer_cycles(const WeighedDown &w) {
  const Problem &problem = w.problem;
  const double row = w.each.accumulator * w.shape.points * w.shape.elements;
  const double products = w.each.accumulator * w.shape.points * w.region.tile_w * w.region.block;
  const double rows = double(problem.batch) * w.shape.tiles_y;
  Traffic traffic;
  traffic.add(w.platform, w.weights * rows * w.shape.pieces_x, w.weights + products + row / w.shape.pieces_x);
  const double input =
      w.each.source * problem.batch * problem.height().input * problem.width().input * problem.in_channels;
  const double output = w.each.destination * stored_outputs(problem);
  const double residuals = w.each.destination * outputs_of_tiles(problem) *
                           double(problem.epilogue.count(EpilogueOp::Kind::residual));
  traffic.add(w.platform, input + output * output_passes + residuals, input + output + residuals + w.weights);
  return traffic.cycles(w.platform) + stored_in_pieces(w.platform, output_passes * output,
                                                       w.region.block * w.each.destination,
                                                       problem.out_channels * w.each.destination);
}

/// Rows of tiles that are computed: where rows are pooled, each task but an image's first has one more.
double rows_computed(const WeighedDown &w) {
  const int rows = w.shape.tiles_y;
  const int again =
      pools_in_rows(w.plan, w.problem) ? ceil_div(rows, w.plan.winograd().rows_per_task) - 1 : 0;
  return double(w.problem.batch) * (rows + again);
}

/// Rows that are pooled along: every number of them is read for each window that has it, the first row's of a
/// row of tiles twice.
double pooled_along_cycles(const WeighedDown &w) {
  if (!pools_in_rows(w.plan, w.problem))
    return 0;
  const int lanes = w.region.lanes;
  const double twice =
      double(rows_pooled_down(w.plan, w.problem)) / stored_rows(w.problem, w.plan.winograd().outputs_h);
  const double vectors = stored_outputs(w.problem) / lanes * (1 + twice * w.problem.pooling.width().kernel);
  return vectors * w.platform.machine.transform_cycles_per_vector;
}

/// Weights that pass from beyond L2 for every few pixels: all, where L2 does not hold them beside the row.
double streamed_bytes(const WeighedDown &w) {
  const double held =
      w.each.accumulator * w.shape.points * (w.shape.elements + double(w.region.tile_w) * w.region.block);
  return w.weights + held > w.platform.machine.l2_bytes ? w.weights : 0;
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
  const WeighedDown w{problem, platform, plan};
  const WinogradDownShape &shape = w.shape;
  const RegisterTile tile = winograd_register_tile(problem, plan);
  const double rows = rows_computed(w);
  const double sums = rows * shape.pieces_x * w.region.blocks() * shape.points; // register tiles
  const double arithmetic = sums * shape.taps * cycles_per_tap(platform, tile);
  const double stream = rows * shape.pieces_x * streamed_bytes(w) / platform.machine.stream_bytes_per_cycle;
  const double transfers = std::max(stream, transfer_cycles(w));
  // What the sums leave of the transfers goes on beside the transforms: 3 to 64 channels of 128 images of
  // 32x32, 33 MB of output, took 2370 us, direct 3175 (Emerald Rapids).
  const double beside_transforms = std::max(0.0, transfers - arithmetic);
  return {.arithmetic = arithmetic,
          .transfers = transfers,
          .copies = std::max(0.0, rows * transform_cycles(w) + pooled_along_cycles(w) - beside_transforms),
          .overhead = sums * short_sum_cycles(platform.machine, tile) +
                      platform.machine.exposed_share_of_stream * std::min(arithmetic, stream)};
}

} // namespace convforge
