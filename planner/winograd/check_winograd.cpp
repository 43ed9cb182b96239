#include "planner/winograd/check_winograd.hpp"

#include "base/integer.hpp"
#include "planner/checks.hpp"
#include "planner/platform.hpp"
#include "planner/winograd/winograd_cost.hpp"
#include "planner/winograd/winograd_forms.hpp"
#include "planner/winograd/winograd_stores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <numeric>

namespace convforge {

namespace {

/// A task has whole rows of tiles, or an equal part of one.
void check_parts_of_a_row(const Plan &plan, const Problem &problem, const WinogradShape &shape) {
  const int columns = plan.columns_per_task, width = problem.width().output;
  const bool part = !is_winograd_down(problem, plan.winograd().outputs_w) &&
                    plan.winograd().rows_per_task == 1 && plan.parallel != ParallelAxis::channels &&
                    columns < width && columns % plan.winograd().outputs_w == 0 &&
                    shape.tiles_x % shape.tiles_across == 0;
  expect(columns == width || part, "columns_per_task", std::to_string(columns),
         fmt::format("{}, or an equal part of a row of tiles where tasks have one row", width));
}

/// One region of whole blocks.
void check_winograd_region(const Region &region, const Problem &problem, const Target &target) {
  expect_range("regions[0].first_channel", region.first_channel, 0, 0);
  expect_range("regions[0].channels", region.channels, problem.group_out(), problem.group_out());
  expect(std::has_single_bit(unsigned(region.lanes)), "regions[0].lanes", std::to_string(region.lanes),
         "a power of two");
  expect_range("regions[0].lanes", region.lanes, 1, vector_lanes(target));
  expect_range("regions[0].block", region.block, 1, most_accumulators * region.lanes);
  expect(region.block % region.lanes == 0, "regions[0].block", std::to_string(region.block),
         fmt::format("a multiple of lanes, {}", region.lanes));
  expect_range("regions[0].tile_w", region.tile_w, 1, most_accumulators);
  expect_range("regions[0].tile_h", region.tile_h, 1, 1);
  expect(!region.unroll_tiles, "regions[0].unroll_tiles", "true", "false");
}

/// What is fetched, and how outputs are made.
void check_winograd_details(const Plan &plan, const Problem &problem, const Target &target, bool down) {
  expect_range("winograd_output_passes", plan.winograd().output_passes, 1,
               down ? 1 : plan.winograd().outputs_h);
  expect(!plan.winograd().prefetch || (!down && winograd_can_prefetch(problem, plan, target)),
         "winograd_prefetch", "true",
         "false, or a next task whose pixels are whole cache lines, and a target that fetches them");
}

/// A task's rows and columns, and register tiles that lie within its tiles. (Sizes of 0 must not get as far
/// as winograd_shape(), which divides by them.)
void check_winograd_blocking(const Plan &plan, const Problem &problem, const Target &target) {
  const Region &region = plan.regions.front();
  check_winograd_region(region, problem, target);
  expect_range("winograd_rows_per_task", plan.winograd().rows_per_task, 1,
               ceil_div(problem.height().output, plan.winograd().outputs_h));
  expect_range("columns_per_task", plan.columns_per_task, 1, problem.width().output);
  const WinogradShape shape = winograd_shape(problem, plan);
  const bool down = is_winograd_down(problem, plan.winograd().outputs_w);
  expect(plan.parallel != ParallelAxis::channels || (!down && plan.winograd().rows_per_task == shape.tiles_y),
         "winograd_rows_per_task", std::to_string(plan.winograd().rows_per_task),
         fmt::format("{}, the whole image, where tasks are channels", shape.tiles_y));
  check_parts_of_a_row(plan, problem, shape);
  expect_range("regions[0].tile_w", region.tile_w, 1, down ? problem.width().output : shape.tiles_per_task);
  const long accumulators = long(region.block) / region.lanes * region.tile_w;
  expect(accumulators <= most_accumulators, "regions[0].block", std::to_string(region.block),
         fmt::format("a tile of at most {} vectors, not {}", most_accumulators, accumulators));
}

} // namespace

void check_winograd_plan(const Plan &plan, const Problem &problem, const Target &target) {
  const bool down = is_winograd_down(problem, plan.winograd().outputs_w);
  const std::string obstacle = down ? winograd_down_obstacle(problem, target) : winograd_obstacle(problem);
  expect(obstacle.empty(), "algorithm", "winograd",
         fmt::format("one that computes {}: this one needs {}", problem.canonical(), obstacle));
  expect(winograd_allowed(problem, plan.winograd().outputs_h, plan.winograd().outputs_w),
         "winograd_outputs_h", fmt::format("{}x{}", plan.winograd().outputs_h, plan.winograd().outputs_w),
         "tiles that the kernel and math allow");
  expect(plan.vector_axis == VectorAxis::channel, "vector_axis", name_of(plan.vector_axis), "channel");
  const int channels = problem.group_in();
  expect_range("winograd_input_lanes", plan.winograd().input_lanes, 1,
               down ? vector_lanes(target) : std::min(most_transformed_channels(target), channels));
  expect(std::has_single_bit(unsigned(plan.winograd().input_lanes)), "winograd_input_lanes",
         std::to_string(plan.winograd().input_lanes), "a power of two");
  expect_range("regions", static_cast<int>(plan.regions.size()), 1, 1);
  check_channels_of_loop(plan, down ? channels * problem.width().kernel : channels,
                         std::gcd(target.broadcast_lanes, channels));
  check_winograd_blocking(plan, problem, target);
  check_winograd_details(plan, problem, target, down);
}

} // namespace convforge
