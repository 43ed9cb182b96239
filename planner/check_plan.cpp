#include "planner/check_plan.hpp"
#include "base/integer.hpp"

#include "base/error.hpp"
#include "convforge/convforge.h"
#include "plan/pointwise.hpp"
#include "planner/element_types.hpp"
#include "planner/machine.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"
#include "planner/winograd/winograd_cost.hpp"
#include "planner/winograd/winograd_forms.hpp"

#include <fmt/format.h>

#include <bit>
#include <numeric>

namespace convforge {

namespace {

constexpr int most_accumulators = 64; // twice what any target has registers: more is no plan but an attack

void expect(bool right, const std::string &field, const std::string &value, const std::string &expected) {
  if (!right) {
    fail("plan: " + field, value, expected);
  }
}

void expect_range(const std::string &field, int value, int low, int high) {
  expect(value >= low && value <= high, field, std::to_string(value), fmt::format("{} to {}", low, high));
}

void check_tile(const Region &region, const std::string &path, const Plan &plan, const Problem &shape,
                const Target &target) {
  expect(std::has_single_bit(unsigned(region.lanes)), path + "lanes", std::to_string(region.lanes),
         "a power of two");
  expect_range(path + "lanes", region.lanes, 1, vector_lanes(target));
  expect_range(path + "tile_w", region.tile_w, 1, shape.width().output);
  expect_range(path + "tile_h", region.tile_h, 1, shape.height().output);
  const long pixels = long(region.tile_w) * region.tile_h;
  long accumulators = long(region.block) * pixels / region.lanes;
  if (plan.vector_axis == VectorAxis::input_channel) {
    expect(region.block == 1, path + "block", std::to_string(region.block),
           "1: vectors along input channels");
    expect(shape.group_in() % region.lanes == 0, path + "lanes", std::to_string(region.lanes),
           fmt::format("a divisor of the {} input channels", shape.group_in()));
    accumulators = region.channels * pixels;
  } else {
    const bool along_channels = plan.vector_axis == VectorAxis::channel;
    const int along = along_channels ? region.block : region.tile_w;
    expect(along % region.lanes == 0, path + (along_channels ? "block" : "tile_w"), std::to_string(along),
           fmt::format("a multiple of lanes, {}", region.lanes));
  }
  expect(accumulators <= most_accumulators, path + "block", std::to_string(region.block),
         fmt::format("a tile of at most {} vectors, not {}", most_accumulators, accumulators));
}

/// Regions follow one another and cover all channels; depthwise ones may overlap, since each is stored whole.
void check_regions(const Plan &plan, const Problem &shape, const Target &target) {
  const bool depthwise = plan.algorithm == Algorithm::depthwise;
  const int channels = depthwise ? shape.out_channels : shape.group_out();
  int next = 0;
  for (std::size_t i = 0; i < plan.regions.size(); i++) {
    const Region &region = plan.regions[i];
    const std::string path = fmt::format("regions[{}].", i);
    expect_range(path + "first_channel", region.first_channel, depthwise ? 0 : next, next);
    expect_range(path + "channels", region.channels, 1, channels - region.first_channel);
    expect(region.channels % region.block == 0 || (!depthwise && region.channels < region.block),
           path + "channels", std::to_string(region.channels),
           fmt::format("a multiple of block, {}{}", region.block, depthwise ? "" : ", or less than it"));
    check_tile(region, path, plan, shape, target);
    next = region.first_channel + region.channels;
  }
  expect(next == channels, "regions", fmt::format("up to channel {}", next), std::to_string(channels));
}

/// Which tiles of a row read beside the image is checked in the lowered code (artefact/compile.cpp).
void check_skipped_taps(const Plan &plan, const Problem &shape) {
  const auto expect_none = [](const char *field, bool value) {
    expect(!value, field, "true", "false where no kernel rows are left out");
  };
  expect(!plan.two_weight_pointers, "two_weight_pointers", "true", "false except for direct and pointwise");
  if (!plan.skip_rows) {
    expect_none("skip_columns", plan.skip_columns);
    expect_none("unroll_tiles", plan.unroll_tiles);
    expect_none("taps_innermost", plan.taps_innermost);
    expect_range("blocks_per_chunk", plan.blocks_per_chunk, 0, 0);
    return;
  }
  expect(plan.algorithm == Algorithm::depthwise && plan.vector_axis == VectorAxis::channel, "skip_rows",
         "true", "false except for depthwise with vectors along channels");
  expect(!plan.skip_columns || (plan.unroll_s && !plan.padded_copy), "skip_columns", "true",
         "false, or kernel columns written out and no copy");
  const int tiles = ceil_div(shape.width().output, plan.regions.front().tile_w);
  expect(!plan.unroll_tiles || tiles <= most_accumulators, "unroll_tiles", "true",
         fmt::format("false for {} tiles", tiles));
  expect_range("blocks_per_chunk", plan.blocks_per_chunk, 1, plan.regions.front().blocks());
  for (const Region &region : plan.regions) {
    expect(region.tile_h == 1 && region.block == region.lanes, "regions", tiles_in_words(plan),
           "tiles of one row and one vector where kernel rows are left out");
  }
}

/// The hot loop's input channels. `lanes` of them can be brought by one load.
void check_channels_of_loop(const Plan &plan, int channels, int lanes) {
  expect(channels % plan.unroll_c == 0, "unroll_c", std::to_string(plan.unroll_c),
         fmt::format("a divisor of the {} input channels", channels));
  expect(lanes % plan.broadcast_lanes == 0, "broadcast_lanes", std::to_string(plan.broadcast_lanes),
         fmt::format("a divisor of {}, which is what the target and the input channels allow", lanes));
}

/// A task has whole rows of tiles, or an equal part of one.
void check_parts_of_a_row(const Plan &plan, const Problem &problem, const WinogradShape &shape) {
  const int columns = plan.columns_per_task, width = problem.width().output;
  const bool part = !is_winograd_down(problem, plan.winograd.outputs_w) && plan.winograd.rows_per_task == 1 &&
                    plan.parallel != ParallelAxis::channels && columns < width &&
                    columns % plan.winograd.outputs_w == 0 && shape.tiles_x % shape.tiles_across == 0;
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
}

/// A task's rows and columns, and register tiles that lie within its tiles. (Sizes of 0 must not get as far
/// as winograd_shape(), which divides by them.)
void check_winograd_blocking(const Plan &plan, const Problem &problem, const Target &target) {
  const Region &region = plan.regions.front();
  check_winograd_region(region, problem, target);
  expect_range("winograd_rows_per_task", plan.winograd.rows_per_task, 1,
               ceil_div(problem.height().output, plan.winograd.outputs_h));
  expect_range("columns_per_task", plan.columns_per_task, 1, problem.width().output);
  const WinogradShape shape = winograd_shape(problem, plan);
  const bool down = is_winograd_down(problem, plan.winograd.outputs_w);
  expect(plan.parallel != ParallelAxis::channels || (!down && plan.winograd.rows_per_task == shape.tiles_y),
         "winograd_rows_per_task", std::to_string(plan.winograd.rows_per_task),
         fmt::format("{}, the whole image, where tasks are channels", shape.tiles_y));
  check_parts_of_a_row(plan, problem, shape);
  expect_range("regions[0].tile_w", region.tile_w, 1, down ? problem.width().output : shape.tiles_per_task);
  const long accumulators = long(region.block) / region.lanes * region.tile_w;
  expect(accumulators <= most_accumulators, "regions[0].block", std::to_string(region.block),
         fmt::format("a tile of at most {} vectors, not {}", most_accumulators, accumulators));
}

void check_winograd_plan(const Plan &plan, const Problem &problem, const Target &target) {
  const bool down = is_winograd_down(problem, plan.winograd.outputs_w);
  const std::string obstacle = down ? winograd_down_obstacle(problem, target) : winograd_obstacle(problem);
  expect(obstacle.empty(), "algorithm", "winograd",
         fmt::format("one that computes {}: this one needs {}", problem.canonical(), obstacle));
  expect(winograd_allowed(problem, plan.winograd.outputs_h, plan.winograd.outputs_w), "winograd_outputs_h",
         fmt::format("{}x{}", plan.winograd.outputs_h, plan.winograd.outputs_w),
         "tiles that the kernel and math allow");
  expect(plan.vector_axis == VectorAxis::channel, "vector_axis", name_of(plan.vector_axis), "channel");
  expect(!plan.padded_copy, "padded_copy", "true", "false");
  expect(!plan.unroll_s && !plan.unroll_r, plan.unroll_s ? "unroll_s" : "unroll_r", "true", "false");
  const int channels = problem.group_in();
  expect_range("winograd_input_lanes", plan.winograd.input_lanes, 1,
               down ? vector_lanes(target) : std::min(most_transformed_channels(target), channels));
  expect(std::has_single_bit(unsigned(plan.winograd.input_lanes)), "winograd_input_lanes",
         std::to_string(plan.winograd.input_lanes), "a power of two");
  expect_range("regions", static_cast<int>(plan.regions.size()), 1, 1);
  check_channels_of_loop(plan, down ? channels * problem.width().kernel : channels,
                         std::gcd(broadcast_lanes(target), channels));
  check_skipped_taps(plan, problem);
  check_winograd_blocking(plan, problem, target);
}

/// Direct and pointwise: what is left out of the sum, and the order of its taps.
void check_direct_taps(const Plan &plan, const Problem &shape) {
  const bool along_channels = plan.vector_axis == VectorAxis::channel;
  for (const auto &[field, value] :
       {std::pair("skip_rows", plan.skip_rows), {"skip_columns", plan.skip_columns}}) {
    expect(!value || (along_channels && !plan.padded_copy), field, "true",
           "false, or vectors along output channels and no copy");
  }
  expect(!plan.skip_rows || shape.height().kernel > 1, "skip_rows", "true",
         "false where the kernel has one row: no loop over rows leaves any out");
  for (const Region &region : plan.regions) {
    expect(!plan.skip_rows || region.tile_h == 1, "tile_h", std::to_string(region.tile_h),
           "1 where kernel rows are left out");
  }
  expect(!plan.skip_columns || plan.unroll_s, "skip_columns", "true", "false, or unroll_s");
  expect(!plan.taps_innermost || (along_channels && plan.unroll_s), "taps_innermost", "true",
         "false, or unroll_s and vectors along output channels");
  expect(!plan.unroll_tiles, "unroll_tiles", "true", "false: the schedule decides");
  // Which of the two a vector takes is a constant only where an even number of channels is written out.
  expect(!plan.two_weight_pointers || (along_channels && plan.broadcast_lanes > 1), "two_weight_pointers",
         "true", "false, or vectors along output channels and loads of several input channels");
  expect_range("blocks_per_chunk", plan.blocks_per_chunk, 0, 0);
}

} // namespace

void check_plan(const Plan &plan, const Problem &problem, const Target &target) {
  check_types(problem, target);
  if (plan.algorithm == Algorithm::winograd) {
    check_winograd_plan(plan, problem, target);
    return;
  }
  expect(plan.winograd == WinogradTiles{}, "winograd_outputs_h", std::to_string(plan.winograd.outputs_h),
         "0, as all of Winograd's fields where the algorithm is another");
  const bool pointwise = plan.algorithm == Algorithm::pointwise;
  const bool depthwise = plan.algorithm == Algorithm::depthwise;
  expect((!pointwise || is_pointwise(problem)) && (!depthwise || problem.depthwise()), "algorithm",
         name_of(plan.algorithm), "one that computes " + problem.canonical());
  const Problem shape = pointwise ? fuse_pixels(problem) : problem;
  const bool nhwc = problem.layout == Layout::nhwc;
  const bool by_lanes = plan.vector_axis == VectorAxis::input_channel && nhwc && !depthwise;
  expect(by_lanes || plan.vector_axis == (nhwc ? VectorAxis::channel : VectorAxis::width), "vector_axis",
         name_of(plan.vector_axis), fmt::format("what layout {} takes", name_of(problem.layout)));
  expect(!plan.regions.empty(), "regions", "none", "at least one");
  check_regions(plan, shape, target);
  depthwise ? check_skipped_taps(plan, shape) : check_direct_taps(plan, shape);
  const bool needs_copy = (needs_padding(shape.height()) && !plan.skip_rows) ||
                          (needs_padding(shape.width()) && !plan.skip_columns) ||
                          (depthwise && nhwc && problem.group_out() > 1);
  expect(plan.padded_copy || !needs_copy, "padded_copy", "false", "true: the input needs zeros around it");
  expect(!by_lanes || plan.parallel != ParallelAxis::channels, "parallel", name_of(plan.parallel),
         "pixels or none: a tile holds all channels of a region");
  expect_range("rows_per_task", plan.rows_per_task, 1, shape.height().output);
  expect_range("columns_per_task", plan.columns_per_task, 1, shape.width().output);
  expect(!plan.padded_copy || pointwise || plan.columns_per_task == shape.width().output, "columns_per_task",
         std::to_string(plan.columns_per_task), "whole rows where the input is copied with zeros around it");
  const int channels = depthwise ? 1 : problem.group_in() / (by_lanes ? plan.regions.front().lanes : 1);
  check_channels_of_loop(plan, channels,
                         nhwc ? std::gcd(broadcast_lanes(target), channels) : broadcast_lanes(target));
}

} // namespace convforge
