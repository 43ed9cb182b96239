#include "planner/joined_plans.hpp"

#include "base/integer.hpp"
#include "plan/channels_last.hpp"
#include "plan/joined_phases.hpp"
#include "planner/checks.hpp"
#include "planner/cost.hpp"
#include "planner/rearranged_plans.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {

namespace {

/// Of the bytes that a copy moves in a cycle: an input that is copied in NHWC and transposed in NCHW, and
/// sums that are stored by rows of phases.
constexpr double gathered_of_copied = 0.9, squares_of_copied = 1 / 3.0;

/// Whole rows, and as many as L2 holds.
void fit_rows_of_phases(Plan &plan, const Problem &shape, const Platform &platform) {
  plan.columns_per_task = shape.width().output;
  if (plan.algorithm == Algorithm::winograd || plan.parallel == ParallelAxis::channels)
    return;
  const double budget = share_of_l2 * platform.machine.l2_bytes;
  const int fits = std::max(1, static_cast<int>(budget / row_bytes(shape)));
  plan.rows_per_task = even_piece(shape.height().output, std::min(plan.rows_per_task, fits));
}

/// The input and the sums pass once more.
double joining_cycles(const Problem &problem, const Problem &shape, const Plan &plan,
                      const Platform &platform) {
  const double bytes = rearranged_bytes(shape, plan);
  const double kept = workspace_of_task(plan, problem);
  return copied_cycles(platform, bytes, kept, plan.transposed ? squares_of_copied : gathered_of_copied);
}

/// Sums of several regions would have to be told apart as they are stored.
bool can_store_phases(const Plan &plan, const Problem &shape) {
  return can_rearrange(plan, shape) && plan.regions.size() == 1 && plan.algorithm != Algorithm::pointwise;
}

} // namespace

std::vector<Candidate> joined_plans(const Family &family, const Problem &problem, const Platform &platform) {
  std::vector<Candidate> plans;
  if (!can_join_phases(problem))
    return plans;
  const Problem shape = joined_problem(problem), inner = channels_last(shape);
  for (Candidate &candidate : family.plans(inner, platform)) {
    Plan &plan = candidate.plan;
    if (!can_store_phases(plan, shape))
      continue;
    plan.joins_phases = true;
    plan.transposed = problem.layout == Layout::nchw;
    if (auto *winograd = std::get_if<WinogradPart>(&plan.part))
      winograd->prefetch = false; // the next task's rows are not read as they lie
    fit_rows_of_phases(plan, shape, platform);
    family.follow(plan, inner, platform.target);
    if (!addressable(plan, shape))
      continue;
    candidate.cost.copies += joining_cycles(problem, shape, plan, platform);
    candidate.reason +=
        fmt::format(", {} phases as channels of one convolution", joined_phases(problem).count());
    plans.push_back(std::move(candidate));
  }
  return plans;
}

Cost cost_of_joined(const Plan &plan, const Problem &problem, const Platform &platform) {
  const Problem shape = joined_problem(problem), inner = channels_last(shape);
  Plan sums = plan;
  sums.joins_phases = sums.transposed = false;
  // fit_rows_of_phases() comes after the price.
  if (std::holds_alternative<DirectPart>(sums.part))
    choose_tasks(sums, inner, platform);
  Cost cost = family_of(sums, inner).cost(sums, inner, platform);
  cost.copies += joining_cycles(problem, shape, plan, platform);
  return cost;
}

void check_joined(const Plan &plan, const Problem &problem) {
  expect(can_join_phases(problem), "joins_phases", "true",
         fmt::format("false: {} has no phases that are alike", problem.canonical()));
  expect(plan.transposed == (problem.layout == Layout::nchw), "transposed",
         plan.transposed ? "true" : "false",
         plan.transposed ? "false of joined phases in NHWC" : "true of joined phases in NCHW");
  expect(plan.phases_per_task == 0 && !plan.leaves_out_channels() && !plan.pools(), "joins_phases", "true",
         "no other rearrangement beside it");
  expect(can_store_phases(plan, joined_problem(problem)), "joins_phases", "true",
         "false, or one region of vectors along output channels, and not pointwise");
}

} // namespace convforge
