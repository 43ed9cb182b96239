// Depthwise of 8-bit integers: taps of a row of the kernel are one dot product, for which they are brought
// side by side (plan/dot_runs.hpp).
#include "base/integer.hpp"
#include "plan/dot_runs.hpp"
#include "planner/checks.hpp"
#include "planner/cost.hpp"
#include "planner/depthwise/depthwise_nhwc.hpp"
#include "planner/quantised/depthwise_dots.hpp"
#include "planner/quantised/quantised_checks.hpp"
#include "planner/quantised/quantised_families.hpp"
#include "planner/quantised/quantised_scratch.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <algorithm>

namespace convforge {

namespace {

constexpr int most_dots_written = 4; // of a row of a kernel that is not written out whole

/// Rows that half of L2 holds, and enough tasks of them; but no fewer than those beside which the rows that
/// neighbours copy, too, are few.
void share_out_rows(Plan &plan, const Problem &problem, const Platform &platform) {
  const Axis &h = problem.height();
  plan.columns_per_task = problem.width().output;
  plan.parallel = too_small_to_share(problem) ? ParallelAxis::none : ParallelAxis::pixels;
  const int fits =
      static_cast<int>(platform.machine.l2_bytes / 2 / bytes_of_row(problem, plan) / problem.depth().kernel);
  const int images = problem.batch * problem.depth().output;
  const int wanted = plan.parallel == ParallelAxis::none ? 1 : std::max(1, tasks_wanted / images);
  const int most = std::min((fits - h.extent()) / h.stride + 1, ceil_div(h.output, wanted));
  const int least = std::min(h.output, 3 * h.extent());
  const int rows = even_piece(h.output, std::clamp(most, least, h.output));
  plan.rows_per_task = std::min(h.output, round_up(rows, plan.regions.front().tile_h));
}

std::vector<Candidate> quantised_depthwise_plans(const Problem &problem, const Platform &platform) {
  if (!problem.depthwise())
    return {};
  Plan plan = empty_plan(Algorithm::depthwise);
  plan.dot = platform.target.dot;
  plan.vector_axis = VectorAxis::channel;
  plan.regions = depthwise_channel_regions(problem, platform.target);
  Window &window = plan.depthwise().window;
  window.padded_copy = true;
  window.unroll_s = window.unroll_r = writes_taps_out(problem, plan);
  choose_depthwise_tiles(plan, problem, platform.target);
  plan.unroll_c =
      taps_in_registers(plan) ? 1 : largest_divisor(dot_runs(problem, plan).dots, most_dots_written);
  share_out_rows(plan, problem, platform);
  std::vector<Candidate> all;
  const auto propose = [&](const char *how) {
    all.push_back({plan, cost_of_depthwise_dots(plan, problem, platform), tiles_in_words(plan) + how});
  };
  propose(", taps side by side");
  if (may_pad_in_registers(plan, problem)) {
    window.padded_copy = false;
    propose(", taps side by side from where they lie");
  }
  return all;
}

void check_depthwise_dots(const Plan &plan, const Problem &problem, const Target &target) {
  expect(problem.depthwise(), "algorithm", "depthwise", "one that computes " + problem.canonical());
  check_quantised(plan, problem, target);
  expect(plan.vector_axis == VectorAxis::channel, "vector_axis", name_of(plan.vector_axis), "channel");
  check_no_taps_skipped(plan);
  check_regions(plan, problem, target, true);
  expect(plan.window().padded_copy || may_pad_in_registers(plan, problem), "padded_copy", "false",
         "true: taps are copied side by side");
  expect(!plan.window().unroll_r || writes_taps_out(problem, plan), "unroll_r", "true",
         "false of taps that are many, or far apart");
  expect(taps_in_registers(plan) || plan.regions.front().tile_h == 1, "tile_h",
         std::to_string(plan.regions.front().tile_h), "1: taps are side by side in the workspace");
  expect(plan.parallel != ParallelAxis::channels, "parallel", name_of(plan.parallel), "pixels or none");
  expect(plan.depthwise().blocks_per_chunk == 0, "blocks_per_chunk",
         std::to_string(plan.depthwise().blocks_per_chunk), "0");
  check_channels_of_loop(plan, dot_runs(problem, plan).dots, 1);
}

double depthwise_imbalance_of_dots(const Plan &plan, const Problem &problem) {
  return imbalance(pixel_tasks(plan, problem));
}

} // namespace

constinit const Family quantised_depthwise_family{
    .algorithm = Algorithm::depthwise,
    .quantised = true,
    .owns = is_quantised,
    .plans = quantised_depthwise_plans,
    .cost = cost_of_depthwise_dots,
    .check = check_depthwise_dots,
    .imbalance = depthwise_imbalance_of_dots,
    .scratch = side_by_side_copies,
    .suits = "one input channel of 8-bit integers per output channel",
};

} // namespace convforge
