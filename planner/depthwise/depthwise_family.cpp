#include "planner/depthwise/depthwise_family.hpp"

#include "base/integer.hpp"
#include "planner/checks.hpp"
#include "planner/depthwise/depthwise_masked.hpp"
#include "planner/sharing.hpp"
#include "planner/tiles.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

/// With vectors along rows chunks are all alike, of whole input channels.
void check_chunks_of_rows(const Plan &plan, const Problem &shape) {
  const int chunk = plan.depthwise().blocks_per_chunk, blocks = plan.regions.front().blocks();
  expect_range("blocks_per_chunk", chunk, 0, blocks); // before anything is multiplied by it
  const int channels = plan.channels_of_rows();
  const bool alike = channels > 0 && plan.regions.size() == 1 && blocks % chunk == 0 &&
                     channels % shape.group_out() == 0 && plan.parallel != ParallelAxis::channels;
  expect(chunk == 0 || alike, "blocks_per_chunk", std::to_string(chunk),
         fmt::format("0, or with vectors along rows and tasks of pixels a divisor of the {} blocks that has "
                     "all outputs of its inputs",
                     blocks));
}

/// Which tiles of a row read beside the image is checked in the lowered code (compiler/compile.cpp).
void check_skipped_taps(const Plan &plan, const Problem &shape, const Target &target) {
  if (plan.masks_lanes()) {
    check_masked_rows(plan, shape, target);
    check_chunks_of_rows(plan, shape);
    return;
  }
  if (!plan.window().skip_rows) {
    check_no_taps_skipped(plan);
    check_chunks_of_rows(plan, shape);
    return;
  }
  expect(has_depthwise_rows(target), "skip_rows", "true",
         fmt::format("false: {} has no schedule for it", target.name));
  expect(plan.vector_axis == VectorAxis::channel, "skip_rows", "true",
         "false except with vectors along channels");
  expect(!plan.window().skip_columns || (plan.window().unroll_s && !plan.window().padded_copy),
         "skip_columns", "true", "false, or kernel columns written out and no copy");
  const int tiles = ceil_div(shape.width().output, plan.regions.front().tile_w);
  expect(!plan.regions.front().unroll_tiles || tiles <= most_accumulators, "regions[0].unroll_tiles", "true",
         fmt::format("false for {} tiles", tiles));
  expect_range("blocks_per_chunk", plan.depthwise().blocks_per_chunk, 1, plan.regions.front().blocks());
  for (const Region &region : plan.regions) {
    expect(region.unroll_tiles == plan.regions.front().unroll_tiles, "unroll_tiles", "of some regions",
           "of all or none");
    expect(region.tile_h == 1 && region.block == region.lanes, "regions", tiles_in_words(plan),
           "tiles of one row and one vector where kernel rows are left out");
  }
}

void check_depthwise(const Plan &plan, const Problem &problem, const Target &target) {
  expect(problem.depthwise(), "algorithm", "depthwise", "one that computes " + problem.canonical());
  const bool nhwc = problem.layout == Layout::nhwc;
  expect(plan.vector_axis == (nhwc ? VectorAxis::channel : VectorAxis::width), "vector_axis",
         name_of(plan.vector_axis), fmt::format("what layout {} takes", name_of(problem.layout)));
  check_regions(plan, problem, target, true);
  check_skipped_taps(plan, problem, target);
  check_copy(plan, problem, nhwc && problem.group_out() > 1);
  check_task_sizes(plan, problem);
  check_channels_of_loop(plan, 1, nhwc ? 1 : target.broadcast_lanes);
}

int chunks(const Plan &plan) {
  const bool copied = plan.window().padded_copy && plan.channels_of_rows() == 0; // all channels
  const bool within_tasks = copied || plan.depthwise().blocks_per_chunk == 0;
  return within_tasks ? 1 : ceil_div(plan.regions.front().blocks(), plan.depthwise().blocks_per_chunk);
}

double depthwise_imbalance(const Plan &plan, const Problem &problem) {
  return imbalance(pixel_tasks(plan, problem) * chunks(plan));
}

std::string depthwise_task_in_words(const Plan &plan, const Problem &problem) {
  std::string task = pixel_task_in_words(plan, problem);
  if (chunks(plan) > 1)
    task += fmt::format(" x {} channels", plan.depthwise().blocks_per_chunk * plan.regions.front().block);
  return task;
}

/// Chunks, too, where there are any.
std::vector<int *> depthwise_task_sizes(Plan &plan) {
  std::vector<int *> sizes = rows_and_columns_per_task(plan);
  if (int &chunk = plan.depthwise().blocks_per_chunk; chunk > 0)
    sizes.push_back(&chunk);
  return sizes;
}

} // namespace

constinit const Family depthwise_family{
    .algorithm = Algorithm::depthwise,
    .plans = depthwise_plans,
    .cost = depthwise_cost,
    .check = check_depthwise,
    .imbalance = depthwise_imbalance,
    .task_sizes = depthwise_task_sizes,
    .scratch = padded_copies,
    .task_in_words = depthwise_task_in_words,
    .suits = "one input channel per output channel",
    .needs =
        [](const Problem &) { return std::string("as many groups as input channels, and more than one"); },
};

} // namespace convforge
