#include "planner/sharing.hpp"
#include "base/integer.hpp"

#include "plan/channels_last.hpp"
#include "planner/family.hpp"
#include "planner/phase_plans.hpp"
#include "planner/piece_plans.hpp"
#include "planner/pooled_plans.hpp"

namespace convforge {

int pixel_tasks(const Plan &plan, const Problem &problem) {
  return problem.batch * problem.depth().output * ceil_div(problem.height().output, plan.rows_per_task) *
         ceil_div(problem.width().output, plan.columns_per_task);
}

namespace {

constexpr double weight_of_imbalance = 0.2;
/// Two threads are to be 1.8 times as fast as one: a plan that shares worse pays for it, unless it is so much
/// faster on one. 7 tasks of 256 to 256 channels at 56x56 (1.75) are 0.6 to 4.4 % faster than 14 (2.05).
constexpr double most_imbalance = 2 / 1.8, price_of_more = 0.02;

/// Tasks of the loop over a region; regions follow one another.
int region_tasks(const Plan &plan, const Region &region, const Problem &problem) {
  if (plan.parallel == ParallelAxis::channels)
    return region.blocks() * problem.groups;
  return pixel_tasks(plan, problem);
}

} // namespace

double imbalance(int tasks) {
  return ceil_div(tasks, 2) * 2.0 / tasks;
}

double imbalance_of_regions(const Plan &plan, const Problem &problem) {
  double channels = 0, shared = 0;
  for (const Region &region : plan.regions) {
    channels += region.channels;
    shared += region.channels * imbalance(region_tasks(plan, region, problem));
  }
  return shared / channels;
}

double imbalance(const Plan &plan, const Problem &problem) {
  if (!plan.pieces.empty())
    return imbalance(plan_of_largest(plan, problem), largest_planned_piece(problem));
  if (plan.parallel == ParallelAxis::none)
    return 1;
  if (plan.pools())
    return imbalance(pooled_tasks(plan, problem));
  if (plan.phases_per_task > 0)
    return imbalance(phase_tasks(plan, problem));
  const Problem planned = planned_problem(problem, plan);
  return family_of(plan, planned).imbalance(plan, planned);
}

double sharing_factor(const Plan &plan, const Problem &problem) {
  return 1 + weight_of_imbalance * (imbalance(plan, problem) - 1);
}

Cost shared(Cost cost, const Plan &plan, const Problem &problem) {
  cost.overhead += (sharing_factor(plan, problem) - 1) * cost.total();
  return cost;
}

double measured_sharing_factor(const Plan &plan, const Problem &problem) {
  const bool shares_badly = imbalance(plan, problem) > most_imbalance * (1 + 1e-9);
  return sharing_factor(plan, problem) + (shares_badly ? price_of_more : 0);
}

} // namespace convforge
