#include "planner/checks.hpp"

#include "base/error.hpp"
#include "planner/platform.hpp"
#include "planner/tasks.hpp"

#include <fmt/format.h>

#include <bit>

namespace convforge {

void expect(bool right, const std::string &field, const std::string &value, const std::string &expected) {
  if (!right)
    fail("plan: " + field, value, expected);
}

void expect_range(const std::string &field, int value, int low, int high) {
  expect(value >= low && value <= high, field, std::to_string(value), fmt::format("{} to {}", low, high));
}

namespace {

void check_tile(const Region &region, const std::string &path, const Plan &plan, const Problem &shape,
                const Target &target) {
  expect(std::has_single_bit(unsigned(region.lanes)), path + "lanes", std::to_string(region.lanes),
         "a power of two");
  expect_range(path + "lanes", region.lanes, 1, vector_lanes(target));
  if (plan.masks_lanes()) // a vector, of a row that may be shorter
    expect_range(path + "tile_w", region.tile_w, region.lanes, region.lanes);
  else
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

} // namespace

void check_regions(const Plan &plan, const Problem &shape, const Target &target, bool stored_whole) {
  expect(!plan.regions.empty(), "regions", "none", "at least one");
  const int channels = stored_whole ? shape.out_channels : shape.group_out();
  int next = 0;
  for (std::size_t i = 0; i < plan.regions.size(); i++) {
    const Region &region = plan.regions[i];
    const std::string path = fmt::format("regions[{}].", i);
    expect_range(path + "first_channel", region.first_channel, stored_whole ? 0 : next, next);
    expect_range(path + "channels", region.channels, 1, channels - region.first_channel);
    expect(region.channels % region.block == 0 || (!stored_whole && region.channels < region.block),
           path + "channels", std::to_string(region.channels),
           fmt::format("a multiple of block, {}{}", region.block, stored_whole ? "" : ", or less than it"));
    check_tile(region, path, plan, shape, target);
    next = region.first_channel + region.channels;
  }
  expect(next == channels, "regions", fmt::format("up to channel {}", next), std::to_string(channels));
}

void check_copy(const Plan &plan, const Problem &shape, bool always) {
  const bool needs_copy = (needs_padding(shape.height()) && !plan.window().skip_rows) ||
                          (needs_padding(shape.width()) && !plan.window().skip_columns) || always;
  expect(plan.window().padded_copy || !needs_copy, "padded_copy", "false",
         "true: the input needs zeros around it");
  const bool maps_taps = plan.channelwise() && plan.window().skip_rows; // to those of the input
  expect(plan.window().padded_copy || maps_taps || shape.pads_with() == PaddingMode::zeros, "padded_copy",
         "false",
         fmt::format("true: with padding mode {} no taps are left out", name_of(shape.padding_mode)));
}

void check_task_sizes(const Plan &plan, const Problem &shape) {
  expect_range("rows_per_task", plan.rows_per_task, 1, shape.height().output);
  expect_range("columns_per_task", plan.columns_per_task, 1, shape.width().output);
  expect(!plan.copies_rows() || plan.columns_per_task == shape.width().output, "columns_per_task",
         std::to_string(plan.columns_per_task), "whole rows where the input is copied with zeros around it");
}

void check_no_taps_skipped(const Plan &plan) {
  const auto expect_none = [](const char *field, bool value) {
    expect(!value, field, "true", "false where no kernel rows are left out");
  };
  expect_none("skip_rows", plan.window().skip_rows);
  expect_none("skip_columns", plan.window().skip_columns);
  expect_none("taps_innermost", plan.window().taps_innermost);
  for (const Region &region : plan.regions)
    expect_none("unroll_tiles", region.unroll_tiles);
}

void check_channels_of_loop(const Plan &plan, int channels, int lanes) {
  expect(channels % plan.unroll_c == 0, "unroll_c", std::to_string(plan.unroll_c),
         fmt::format("a divisor of the {} input channels", channels));
  expect(lanes % plan.broadcast_lanes == 0, "broadcast_lanes", std::to_string(plan.broadcast_lanes),
         fmt::format("a divisor of {}, which is what the target and the input channels allow", lanes));
}

} // namespace convforge
