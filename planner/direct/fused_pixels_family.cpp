// Direct with fused pixels (plan/fused_pixels.hpp), as a row of families.
#include "planner/direct/direct_family.hpp"

#include "plan/fused_pixels.hpp"
#include "planner/checks.hpp"
#include "planner/sharing.hpp"
#include "planner/words.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

bool fuses(const Plan &plan, const Problem & /*problem*/) {
  return plan.fuses_pixels();
}

void check_fused(const Plan &plan, const Problem &problem, const Target &target) {
  expect(can_fuse_pixels(problem), "fused_pixels", "true",
         "false, or 2-D in NHWC with rows of the output that follow one another");
  expect(target.broadcast_lanes == 1, "fused_pixels", "true",
         fmt::format("false: {} loads several channels of a pixel at once", target.name));
  expect(plan.vector_axis == VectorAxis::channel, "vector_axis", name_of(plan.vector_axis), "channel");
  const Problem loops = loop_problem(problem, plan);
  expect_range("rows_per_task", plan.rows_per_task, 1, 1);
  expect_range("columns_per_task", plan.columns_per_task, 1, loops.width().output);
  check_regions(plan, loops, target, false);
  check_no_taps_skipped(plan);
  expect(!plan.two_weight_pointers(), "two_weight_pointers", "true", "false of fused pixels");
  check_copy(plan, problem, false);
  check_channels_of_loop(plan, problem.group_in(), 1);
}

double fused_imbalance(const Plan &plan, const Problem &problem) {
  return imbalance_of_regions(plan, loop_problem(problem, plan));
}

Scratch fused_copy(const Plan &plan, const Problem &problem, const Region &region) {
  const FusedTask task = fused_task(problem, plan, region.tile_w);
  const int rows = problem.height().window(task.rows);
  const int columns = problem.width().window(problem.width().output);
  return accumulators_kept(std::size_t(task.images) * rows * columns * problem.in_channels,
                           fmt::format("{}{} rows x {} columns x {} channels of padded input",
                                       task.images > 1 ? fmt::format("{} images x ", task.images) : "", rows,
                                       columns, problem.in_channels));
}

std::vector<Scratch> fused_scratch(const Plan &plan, const Problem &problem, bool /*shared*/) {
  std::vector<Scratch> copies;
  for (const Region &region : plan.regions)
    if (plan.window().padded_copy)
      copies.push_back(fused_copy(plan, problem, region));
  return copies;
}

std::string fused_tile_in_words(const Plan & /*plan*/, const Region &region) {
  return fmt::format("{} in a row of all rows x {} of {} channels", counted(region.tile_w, "pixel"),
                     counted(region.block / region.lanes, "vector"), region.lanes);
}

std::string fused_task_in_words(const Plan &plan, const Problem & /*problem*/) {
  return "blocks of " + counted(plan.columns_per_task, "output pixel");
}

} // namespace

constinit const Family fused_pixels_family{
    .algorithm = Algorithm::direct,
    .owns = fuses,
    .plans = fused_plans,
    .cost = cost_of_loops,
    .check = check_fused,
    .imbalance = fused_imbalance,
    .task_sizes = [](Plan &plan) { return std::vector{&plan.columns_per_task}; },
    .scratch = fused_scratch,
    .tile_in_words = fused_tile_in_words,
    .task_in_words = fused_task_in_words,
    .suits = "a general filter window, all pixels in one row",
};

} // namespace convforge
