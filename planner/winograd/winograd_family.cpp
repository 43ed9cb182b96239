#include "planner/winograd/winograd_family.hpp"

#include "planner/sharing.hpp"
#include "planner/winograd/check_winograd.hpp"
#include "planner/winograd/winograd_cost.hpp"
#include "planner/winograd/winograd_forms.hpp"
#include "planner/winograd/winograd_scratch.hpp"
#include "planner/winograd/winograd_shape.hpp"
#include "planner/winograd/winograd_stores.hpp"
#include "problem/window_planes.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

double winograd_imbalance(const Plan &plan, const Problem &problem) {
  return imbalance(plan.parallel == ParallelAxis::channels ? plan.regions.front().blocks()
                                                           : winograd_tiling(problem, plan).tasks);
}

Cost cost_of_winograd(const Plan &plan, const Problem &problem, const Platform &platform) {
  return shared(winograd_cost(problem, platform, plan, winograd_shape(problem, plan)), plan, problem);
}

/// Of a problem with a depth, its planes as channels.
std::string winograd_needs(const Problem &problem) {
  if (problem.has_depth() && has_window_planes(problem))
    return winograd_obstacle(window_planes(problem));
  return problem.has_depth() ? "several input channels per group" : winograd_obstacle(problem);
}

std::vector<int *> winograd_task_sizes(Plan &plan) {
  return {&plan.winograd().rows_per_task, &plan.columns_per_task};
}

void follow_winograd(Plan &plan, const Problem &problem, const Target &target) {
  plan.winograd().prefetch = plan.winograd().prefetch && plan.winograd().rows_per_task > 0 &&
                             winograd_can_prefetch(problem, plan, target);
}

std::string winograd_tile_in_words(const Plan &plan, const Region &region) {
  return fmt::format("{} of {}x{} outputs x {} of {} channels", counted(region.tile_w, "tile"),
                     plan.winograd().outputs_h, plan.winograd().outputs_w,
                     counted(region.block / region.lanes, "vector"), region.lanes);
}

} // namespace

constinit const Family winograd_family{
    .algorithm = Algorithm::winograd,
    .plans = winograd_plans,
    .cost = cost_of_winograd,
    .check = check_winograd_plan,
    .imbalance = winograd_imbalance,
    .task_sizes = winograd_task_sizes,
    .follow = follow_winograd,
    .scratch = winograd_scratch,
    .tile_in_words = winograd_tile_in_words,
    .task_in_words = winograd_task_in_words,
    .suits = "fewer multiplications in tiles of outputs",
    .needs = winograd_needs,
    .plain_sums = false,
};

} // namespace convforge
