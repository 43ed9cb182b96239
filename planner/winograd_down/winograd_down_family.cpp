#include "planner/winograd_down/winograd_down_family.hpp"

#include "plan/pooled_tiles.hpp"
#include "plan/winograd_axis.hpp"
#include "planner/checks.hpp"
#include "planner/sharing.hpp"
#include "planner/winograd/check_winograd.hpp"
#include "planner/winograd/winograd_forms.hpp"
#include "planner/winograd/winograd_scratch.hpp"
#include "planner/winograd/winograd_shape.hpp"

#include <fmt/format.h>

#include <numeric>

namespace convforge {

namespace {

/// Do tiles of one column leave the width's taps to the products' sums?
bool is_down(const Plan &plan, const Problem &problem) {
  return plan.winograd().outputs_w == 1 && problem.width().kernel > 1;
}

void check_down(const Plan &plan, const Problem &problem, const Target &target) {
  const int channels = problem.group_in(), width = problem.width().output;
  check_winograd_tiles(plan, problem, target, winograd_down_obstacle(problem, target), vector_lanes(target));
  check_channels_of_loop(plan, channels * problem.width().kernel, std::gcd(target.broadcast_lanes, channels));
  expect_range("winograd_images_per_task", plan.winograd().images_per_task, 1, 1);
  expect(plan.parallel != ParallelAxis::channels, "parallel", name_of(plan.parallel),
         "pixels or none: tasks are rows of tiles");
  expect_range("columns_per_task", plan.columns_per_task, width, width);
  check_winograd_register_tile(plan.regions.front(), width);
  expect_range("winograd_output_passes", plan.winograd().output_passes, 1, 1);
  expect(!plan.winograd().prefetch, "winograd_prefetch", "true", "false: a row is transformed as it is read");
}

double down_imbalance(const Plan &plan, const Problem &problem) {
  return imbalance(winograd_tiling(problem, plan).tasks);
}

/// By the loops of schedules/winograd/x86_winograd_down.cpp: a transformed row beside the products of a
/// register tile.
std::vector<Scratch> down_scratch(const Plan &plan, const Problem &problem, bool /*shared*/) {
  const Region &region = plan.regions.front();
  const int points = winograd_points(problem.height(), plan.winograd().outputs_h).points;
  const int elements = winograd_down_elements(problem, plan);
  const Scratch tile = both(
      point_buffer(elements, points, fmt::format("{} of a transformed row", counted(elements, "element"))),
      point_buffer(std::size_t(region.tile_w) * region.block, points,
                   fmt::format("{} x {} of products", counted(region.tile_w, "pixel"),
                               counted(region.block, "channel"))));
  if (!pools_in_rows(plan, problem))
    return {tile};
  const int columns = problem.width().output, channels = region.blocks() * region.block;
  const int rows = rows_pooled_down(plan, problem);
  return {both(accumulators_kept(std::size_t(2) * rows * columns * channels,
                                 fmt::format("2 x {} x {} x {} pooled down", counted(rows, "row"),
                                             counted(columns, "column"), counted(channels, "channel"))),
               tile)};
}

std::string down_tile_in_words(const Plan &plan, const Region &region) {
  return fmt::format("{} of {} outputs x {} of {} channels", counted(region.tile_w, "column"),
                     plan.winograd().outputs_h, counted(region.block / region.lanes, "vector"), region.lanes);
}

} // namespace

constinit const Family winograd_down_family{
    .algorithm = Algorithm::winograd,
    .owns = is_down,
    .plans = winograd_down_plans,
    .cost = cost_of_winograd_down,
    .check = check_down,
    .imbalance = down_imbalance,
    .task_sizes = [](Plan &plan) { return std::vector{&plan.winograd().rows_per_task}; },
    .scratch = down_scratch,
    .tile_in_words = down_tile_in_words,
    .task_in_words = winograd_task_in_words,
    .suits = "fewer multiplications in tiles of outputs",
    .plain_sums = false,
    .any_strides = false,
};

} // namespace convforge
