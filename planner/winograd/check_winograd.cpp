#include "planner/winograd/check_winograd.hpp"

#include "base/integer.hpp"
#include "planner/checks.hpp"
#include "planner/platform.hpp"
#include "planner/winograd/winograd_forms.hpp"
#include "planner/winograd/winograd_shape.hpp"
#include "planner/winograd/winograd_stores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <numeric>

namespace convforge {

namespace {

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

/// A task has whole rows of tiles, or an equal part of one; where tasks are channels, the whole image.
void check_winograd_tasks(const Plan &plan, const Problem &problem, const WinogradTiling &tiling) {
  const int rows = plan.winograd().rows_per_task;
  const bool by_channels = plan.parallel == ParallelAxis::channels;
  expect(!by_channels || rows == tiling.tiles_y, "winograd_rows_per_task", std::to_string(rows),
         fmt::format("{}, the whole image, where tasks are channels", tiling.tiles_y));
  const int columns = plan.columns_per_task, width = problem.width().output;
  const int images = plan.winograd().images_per_task;
  expect(images == 1 || (rows == tiling.tiles_y && plan.columns_per_task == problem.width().output),
         "winograd_images_per_task", std::to_string(images), "1, or tasks of whole images");
  const bool part = rows == 1 && !by_channels && columns < width &&
                    columns % plan.winograd().outputs_w == 0 && tiling.tiles_x % tiling.tiles_across == 0;
  expect(columns == width || part, "columns_per_task", std::to_string(columns),
         fmt::format("{}, or an equal part of a row of tiles where tasks have one row", width));
}

} // namespace

void check_winograd_tiles(const Plan &plan, const Problem &problem, const Target &target,
                          const std::string &obstacle, int most_input_lanes) {
  const WinogradPart &tiles = plan.winograd();
  expect(problem.layout == Layout::nhwc, "transposed", "false", "true of Winograd in NCHW");
  expect(obstacle.empty(), "algorithm", "winograd",
         fmt::format("one that computes {}: this one needs {}", problem.canonical(), obstacle));
  expect(winograd_allowed(problem, tiles.outputs_h, tiles.outputs_w), "winograd_outputs_h",
         fmt::format("{}x{}", tiles.outputs_h, tiles.outputs_w), "tiles that the kernel and math allow");
  expect(plan.vector_axis == VectorAxis::channel, "vector_axis", name_of(plan.vector_axis), "channel");
  expect_range("winograd_input_lanes", tiles.input_lanes, 1, most_input_lanes);
  expect(std::has_single_bit(unsigned(tiles.input_lanes)), "winograd_input_lanes",
         std::to_string(tiles.input_lanes), "a power of two");
  expect_range("regions", static_cast<int>(plan.regions.size()), 1, 1);
  check_winograd_region(plan.regions.front(), problem, target);
  expect_range("winograd_rows_per_task", tiles.rows_per_task, 1,
               ceil_div(problem.height().output, tiles.outputs_h));
  expect_range("columns_per_task", plan.columns_per_task, 1, problem.width().output);
}

void check_winograd_register_tile(const Region &region, int most) {
  expect_range("regions[0].tile_w", region.tile_w, 1, most);
  const long accumulators = long(region.block) / region.lanes * region.tile_w;
  expect(accumulators <= most_accumulators, "regions[0].block", std::to_string(region.block),
         fmt::format("a tile of at most {} vectors, not {}", most_accumulators, accumulators));
}

void check_winograd_plan(const Plan &plan, const Problem &problem, const Target &target) {
  const int channels = problem.group_in();
  check_winograd_tiles(plan, problem, target, winograd_obstacle(problem),
                       std::min(most_transformed_channels(target), channels));
  check_channels_of_loop(plan, channels, std::gcd(target.broadcast_lanes, channels));
  const int images = plan.winograd().images_per_task; // before anything is multiplied by it
  expect(problem.batch % images == 0, "winograd_images_per_task", std::to_string(images),
         fmt::format("a divisor of the batch, {}", problem.batch));
  const WinogradTiling tiling = winograd_tiling(problem, plan);
  check_winograd_tasks(plan, problem, tiling);
  check_winograd_register_tile(plan.regions.front(), tiling.tiles_per_task);
  const WinogradPart &tiles = plan.winograd();
  expect_range("winograd_output_passes", tiles.output_passes, 1, tiles.outputs_h);
  expect(!tiles.prefetch || winograd_can_prefetch(problem, plan, target), "winograd_prefetch", "true",
         "false, or a next task whose pixels are whole cache lines, and a target that fetches them");
}

} // namespace convforge
