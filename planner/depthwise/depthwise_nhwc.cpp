#include "planner/depthwise/depthwise_nhwc.hpp"
#include "base/integer.hpp"

#include "planner/depthwise/depthwise_rows.hpp"
#include "planner/depthwise/depthwise_stream.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr int code_limit =
    20 << 10; // bytes, of all regions: beside it the gate's 24 KiB leave room for tasks

/// Blocks whose share of a column of tiles stays in half of L1 while rows slide over it: every row then comes
/// from L2 or memory once, in runs of tile_w pixels by a chunk of channels.
int blocks_in_l1(const Problem &problem, const Platform &platform, const Plan &plan) {
  const double fits = platform.machine.l1_bytes / 2 / column_bytes(problem, plan, 1);
  return even_piece(plan.regions.front().blocks(), static_cast<int>(std::clamp(fits, 1.0, 1048576.0)));
}

/// Chunks of channels are tasks; rows are split as far as more are wanted. A task reads extent - stride rows
/// that its neighbour reads too: at most a third of its own, unless there are many multiply-adds for each.
void share_out(Plan &plan, const Problem &problem) {
  const Axis &h = problem.height();
  plan.rows_per_task = h.output;
  plan.columns_per_task = problem.width().output;
  plan.parallel =
      problem.multiply_adds() < parallel_multiply_adds ? ParallelAxis::none : ParallelAxis::pixels;
  if (plan.parallel == ParallelAxis::none)
    return;
  const Region &region = plan.regions.front();
  const int chunks =
      plan.window().padded_copy ? 1 : ceil_div(region.blocks(), plan.depthwise().blocks_per_chunk);
  const int wanted = std::max(1, tasks_wanted / (problem.batch * problem.depth().output * chunks));
  const bool reads_show = h.kernel * problem.width().kernel < 32 * h.stride * problem.width().stride;
  const int halo = std::max(0, h.extent() - h.stride);
  const int least = reads_show ? ceil_div(3 * halo, h.stride) : 1;
  const int rows = std::max(ceil_div(h.output, wanted), least);
  plan.rows_per_task = even_piece(h.output, std::min(h.output, rows));
}

} // namespace

std::vector<Region> depthwise_channel_regions(const Problem &problem, const Target &target) {
  const int channels = problem.out_channels;
  const int lanes = std::min(vector_lanes(target), static_cast<int>(std::bit_floor(unsigned(channels))));
  const int whole = channels / lanes * lanes;
  std::vector<Region> regions = {{.channels = whole, .block = lanes, .lanes = lanes}};
  if (whole < channels)
    regions.push_back({.first_channel = channels - lanes, .channels = lanes, .block = lanes, .lanes = lanes});
  return regions;
}

int depthwise_code_bytes(const Plan &plan) {
  return code_limit / static_cast<int>(plan.regions.size());
}

double column_bytes(const Problem &problem, const Plan &plan, int blocks) {
  const Region &region = plan.regions.front();
  const Axis &w = problem.width();
  const double columns = (region.tile_w - 1.0) * w.stride + w.extent();
  const double rows = double(problem.depth().kernel) * problem.height().kernel;
  const ElementBytes each = element_bytes(problem, plan);
  return double(blocks) * region.lanes * rows * (each.read * columns + each.weights * w.kernel);
}

namespace {

/// Regions without tiles.
Plan plan_of_channels(const Problem &problem, const Target &target) {
  Plan plan = empty_plan(Algorithm::depthwise);
  plan.vector_axis = VectorAxis::channel;
  plan.regions = depthwise_channel_regions(problem, target);
  return plan;
}

/// Everything but chunks and tasks.
void take_row(Plan &plan, const DepthwiseRow &row) {
  for (Region &region : plan.regions) {
    region.tile_w = row.tile_w;
    region.tile_h = 1;
    region.unroll_tiles = row.columns == Columns::unrolled;
  }
  plan.depthwise().window = {.padded_copy = row.columns == Columns::copied,
                             .skip_rows = true,
                             .skip_columns =
                                 row.columns == Columns::split || row.columns == Columns::unrolled,
                             .taps_innermost = row.taps_innermost,
                             .unroll_s = row.unroll_s};
}

std::vector<DepthwiseRow> rows_worth_a_thought(const Problem &problem, const Platform &platform,
                                               const Plan &plan) {
  // Vectors of a multiplier's output channels read consecutive elements of a copy that repeats them.
  DepthwiseRowLimits limits{.code_bytes = depthwise_code_bytes(plan), .copy = problem.group_out() > 1};
  std::vector<DepthwiseRow> rows{depthwise_row(problem, platform, limits)};
  limits.columns = columns_of_stream;
  if (const DepthwiseRow fewer = depthwise_row(problem, platform, limits); fewer.tile_w < rows[0].tile_w)
    rows.push_back(fewer);
  return rows;
}

/// Narrow tiles in bands of a few rows, all channels at once, for what passes through memory.
void add_bands(std::vector<Plan> &plans, const Problem &problem, const Platform &platform, Plan plan) {
  if (problem.group_out() > 1 || !depthwise_beyond_l3(problem, platform))
    return;
  const DepthwiseRow row = depthwise_row(
      problem, platform, {.code_bytes = depthwise_code_bytes(plan), .columns = columns_of_memory(problem)});
  if (row.columns == Columns::copied)
    return;
  take_row(plan, row);
  plan.depthwise().blocks_per_chunk = plan.regions.front().blocks();
  plan.parallel = ParallelAxis::pixels;
  plan.rows_per_task = even_piece(problem.height().output, rows_of_memory);
  plan.columns_per_task = problem.width().output;
  plans.push_back(plan);
}

} // namespace

std::vector<Plan> depthwise_nhwc_plans(const Problem &problem, const Platform &platform) {
  std::vector<Plan> plans;
  Plan plan = plan_of_channels(problem, platform.target);
  for (const DepthwiseRow &row : rows_worth_a_thought(problem, platform, plan)) {
    take_row(plan, row);
    const int all = plan.regions.front().blocks(), in_l1 = blocks_in_l1(problem, platform, plan);
    for (const int blocks : {in_l1, all}) {
      plan.depthwise().blocks_per_chunk = blocks;
      share_out(plan, problem);
      if (plans.empty() || plan != plans.back())
        plans.push_back(plan);
    }
  }
  add_bands(plans, problem, platform, plan_of_channels(problem, platform.target));
  return plans;
}

} // namespace convforge
