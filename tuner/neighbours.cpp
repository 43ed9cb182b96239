#include "tuner/neighbours.hpp"

#include "base/error.hpp"
#include "plan/channels_last.hpp"
#include "planner/check_plan.hpp"
#include "planner/family.hpp"
#include "planner/piece_plans.hpp"

#include <algorithm>
#include <functional>

namespace convforge {
namespace {

bool possible(const Plan &plan, const Problem &problem, const Target &target) {
  try {
    check_plan(plan, problem, target);
    return true;
  } catch (const Error &) {
    return false;
  }
}

/// The changes that make sense for any algorithm; what a plan does not use stays equal and drops out.
std::vector<std::function<void(Plan &)>> changes(const Plan &plan, const Family &family) {
  std::vector<std::function<void(Plan &)>> all;
  for (std::size_t i = 0; i < plan.regions.size(); ++i) {
    const int step = plan.vector_axis == VectorAxis::channel ? 1 : plan.regions[i].lanes;
    for (const int by : {-2, -1, 1, 2})
      all.push_back([=](Plan &changed) { changed.regions[i].tile_w += by * step; });
    for (const int by : {-1, 1})
      all.push_back([=](Plan &changed) { changed.regions[i].tile_h += by; });
  }
  for (const int unroll : {1, 2, 3, 4, 6, 8})
    all.push_back([=](Plan &changed) { changed.unroll_c = unroll; });
  for (bool Window::*unroll : {&Window::unroll_s, &Window::unroll_r})
    all.push_back([=](Plan &changed) {
      if (Window *window = changed.own_window())
        window->*unroll = !(window->*unroll);
    });
  Plan some = plan;
  const auto sizes = family.task_sizes;
  for (std::size_t i = 0; i < sizes(some).size(); ++i) {
    all.push_back([=](Plan &changed) { *sizes(changed)[i] = (*sizes(changed)[i] + 1) / 2; });
    all.push_back([=](Plan &changed) { *sizes(changed)[i] *= 2; });
  }
  return all;
}

/// Those of the largest piece, in its place and that of all pieces which are computed alike.
std::vector<Plan> neighbours_in_pieces(const Plan &plan, const Problem &problem, const Target &target) {
  const Plan &before = plan_of_largest(plan, problem);
  std::vector<Plan> all;
  for (const Plan &changed : neighbours(before, largest_planned_piece(problem), target)) {
    Plan whole = changed;
    whole.why = plan.why;
    whole.pieces = plan.pieces;
    std::ranges::replace(whole.pieces, before, changed);
    if (possible(whole, problem, target))
      all.push_back(std::move(whole));
  }
  return all;
}

} // namespace

std::vector<Plan> neighbours(const Plan &plan, const Problem &problem, const Target &target) {
  if (!plan.pieces.empty())
    return neighbours_in_pieces(plan, problem, target);
  const Problem planned = planned_problem(problem, plan);
  const Family &family = family_of(plan, planned);
  std::vector<Plan> all;
  for (const auto &change : changes(plan, family)) {
    Plan changed = plan;
    change(changed);
    family.follow(changed, planned, target);
    if (changed != plan && std::ranges::find(all, changed) == all.end() && possible(changed, problem, target))
      all.push_back(std::move(changed));
  }
  return all;
}

} // namespace convforge
