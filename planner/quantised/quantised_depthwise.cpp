// Depthwise of 8-bit integers: the taps of a row of the kernel are one dot product, for which a copy brings
// them side by side (plan/dot_runs.hpp).
#include "base/integer.hpp"
#include "plan/dot_runs.hpp"
#include "planner/checks.hpp"
#include "planner/cost.hpp"
#include "planner/depthwise/depthwise_nhwc.hpp"
#include "planner/quantised/quantised_checks.hpp"
#include "planner/quantised/quantised_families.hpp"
#include "planner/quantised/quantised_scratch.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <algorithm>

namespace convforge {

namespace {

constexpr int most_pixels = 12;          // of a tile: accumulators beside the weights of some rows
constexpr int most_rows_written = 7;     // of the kernel
constexpr double cycles_of_shuffles = 3; // of four vectors of bytes side by side

/// Bytes of a row of the input side by side, and of its copy.
double bytes_of_row(const Problem &problem, const Plan &plan) {
  const DotOperands operands = operands_of(plan.dot);
  const double pixel = double(problem.out_channels) * double(bytes_of(operands.input));
  const double copied =
      pixel * (double(problem.width().output) * problem.width().stride + problem.width().extent());
  const double taps = operands.elements > 1 ? double(operands.elements) * dot_runs(problem, plan).dots : 0;
  return pixel * taps * problem.width().output + copied;
}

/// Rows that half of L2 holds, and enough tasks of them.
void share_out_rows(Plan &plan, const Problem &problem, const Platform &platform) {
  const Axis &h = problem.height();
  plan.columns_per_task = problem.width().output;
  plan.rows_per_task = h.output;
  const int fits =
      static_cast<int>(platform.machine.l2_bytes / 2 / bytes_of_row(problem, plan) / problem.depth().kernel);
  const int rows = std::max(1, (fits - h.extent()) / h.stride + 1);
  plan.parallel = too_small_to_share(problem) ? ParallelAxis::none : ParallelAxis::pixels;
  const int wanted = plan.parallel == ParallelAxis::none
                         ? 1
                         : std::max(1, tasks_wanted / (problem.batch * problem.depth().output));
  const int least = std::min(h.output, 3 * h.extent()); // rows that neighbours copy, too, are few beside them
  plan.rows_per_task = even_piece(
      h.output, std::clamp(std::min(rows, std::max(ceil_div(h.output, wanted), least)), 1, h.output));
}

Cost cost_of_depthwise_dots(const Plan &plan, const Problem &problem, const Platform &platform) {
  const double outputs = double(problem.batch) * double(problem.volume(&Axis::output)) * problem.out_channels;
  const double vectors = outputs / plan.regions.front().lanes;
  const double dots = double(problem.depth().kernel) * problem.height().kernel * dot_runs(problem, plan).dots;
  const double rows = double(problem.batch) * problem.depth().output * problem.depth().kernel *
                      ceil_div(problem.height().output, plan.rows_per_task) *
                      ((plan.rows_per_task - 1.0) * problem.height().stride + problem.height().extent());
  const double side_by_side = rows * problem.width().output * dot_runs(problem, plan).dots *
                              problem.out_channels / plan.regions.front().lanes;
  Traffic traffic;
  const double tensors =
      double(problem.batch) * problem.in_channels * double(problem.volume(&Axis::input)) + outputs;
  traffic.add(platform, tensors, tensors);
  return {.arithmetic =
              vectors * std::max(dots / platform.machine.loads_per_cycle, dots / fma_per_cycle(platform)),
          .transfers = traffic.cycles(platform),
          .copies = side_by_side * cycles_of_shuffles +
                    rows * bytes_of_row(problem, plan) / platform.machine.copied_bytes_per_cycle,
          .overhead = 3 * vectors};
}

std::vector<Candidate> quantised_depthwise_plans(const Problem &problem, const Platform &platform) {
  if (!problem.depthwise())
    return {};
  Plan plan = empty_plan(Algorithm::depthwise);
  plan.dot = platform.target.dot;
  plan.vector_axis = VectorAxis::channel;
  plan.regions = depthwise_channel_regions(problem, platform.target);
  for (Region &region : plan.regions) {
    region.tile_w = even_piece(problem.width().output, most_pixels);
    region.tile_h = 1;
  }
  Window &window = plan.depthwise().window;
  window.padded_copy = true;
  window.unroll_s = window.unroll_r = problem.height().kernel <= most_rows_written;
  share_out_rows(plan, problem, platform);
  if (!addressable(side_by_side_copies(plan, problem, false)))
    return {}; // rows too wide for one to be side by side: direct takes them
  return {
      {plan, cost_of_depthwise_dots(plan, problem, platform), tiles_in_words(plan) + ", taps side by side"}};
}

void check_depthwise_dots(const Plan &plan, const Problem &problem, const Target &target) {
  expect(problem.depthwise(), "algorithm", "depthwise", "one that computes " + problem.canonical());
  check_quantised(plan, problem, target);
  check_regions(plan, problem, target, true);
  expect(plan.window().padded_copy, "padded_copy", "false", "true: taps are copied side by side");
  expect(plan.parallel != ParallelAxis::channels, "parallel", name_of(plan.parallel), "pixels or none");
  expect(plan.depthwise().blocks_per_chunk == 0, "blocks_per_chunk",
         std::to_string(plan.depthwise().blocks_per_chunk), "0");
  check_channels_of_loop(plan, dot_runs(problem, plan).dots, 1);
  expect(addressable(side_by_side_copies(plan, problem, false)), "rows_per_task",
         std::to_string(plan.rows_per_task), "as few that a task keeps less than 2147483648 bytes");
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
