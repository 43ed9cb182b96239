#include "planner/phase_plans.hpp"

#include "base/integer.hpp"
#include "plan/channels_last.hpp"
#include "plan/dilation_phases.hpp"
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

/// From NCHW the columns of a phase are loaded one by one, and to it whole rows are stored in squares.
constexpr double squares_share_of_copied = 0.15;

/// Of a task's outputs: more phases together are not tried. 64 tiles of 4x4, beside which weights that are
/// fetched for each task cost little.
constexpr long enough_pixels = 1024;

/// Whole rows, and as many of a task's phases as L2 holds.
void fit_rows(Plan &plan, const Problem &shape, const Platform &platform) {
  plan.columns_per_task = shape.width().output; // whole rows are stored
  if (plan.algorithm == Algorithm::winograd)
    return;
  const double row = row_bytes(shape) * plan.phases_per_task;
  const int fits = std::max(1, static_cast<int>(share_of_l2 * platform.machine.l2_bytes / row));
  plan.rows_per_task = even_piece(shape.height().output, std::min(plan.rows_per_task, fits));
}

/// The input is read and written with its zeros, the output read and written.
double rearrangement_cycles(const Problem &problem, const Problem &shape, const Plan &plan,
                            const Platform &platform) {
  const RearrangedTask task = rearranged_task(shape, plan);
  const double tasks = phase_tasks(plan, problem);
  const double input = tasks * task.images * task.input_rows * shape.width().input * shape.in_channels;
  const double output = double(problem.batch) * double(problem.volume(&Axis::output)) * problem.out_channels;
  const double bytes = (input + output) * double(bytes_of(shape.types.accumulator()));
  const Region &region = plan.regions.front();
  const double kept = double(pixels_kept(shape, plan, region).bytes + sums_kept(shape, plan, region).bytes);
  return copied_cycles(platform, bytes, kept, plan.transposed ? squares_share_of_copied : 1);
}

Cost times(const Cost &cost, double count) {
  return {.arithmetic = cost.arithmetic * count,
          .transfers = cost.transfers * count,
          .copies = cost.copies * count,
          .overhead = cost.overhead * count};
}

/// The dense problem of one task.
Problem sums_of_task(Problem shape, int phases) {
  shape.batch = phases;
  return channels_last(shape);
}

/// From what one task's sums cost.
Cost of_all_tasks(const Cost &sums, const Plan &plan, const Problem &problem, const Problem &shape,
                  const Platform &platform) {
  Cost cost = times(sums, double(shape.batch) / plan.phases_per_task);
  cost.copies += rearrangement_cycles(problem, shape, plan, platform);
  cost.overhead += (sharing_factor(plan, problem) - 1) * cost.total();
  return cost;
}

/// Do the tiles of one product come from phases of several rows? No other plan gains by having them together.
bool spans_rows(const Plan &plan, int columns) {
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  return winograd && columns % winograd->images_per_task != 0;
}

/// Those of tasks of so many phases.
void add_plans(std::vector<Candidate> &plans, const Family &family, const Problem &problem,
               const Problem &shape, int phases, const Platform &platform) {
  const int columns = dilation_phases(problem).columns;
  for (Candidate &candidate : family.plans(sums_of_task(shape, phases), platform)) {
    Plan &plan = candidate.plan;
    if (!can_rearrange(plan, shape) || plan.parallel == ParallelAxis::channels ||
        (phases > columns && !spans_rows(plan, columns)))
      continue;
    plan.phases_per_task = phases;
    plan.transposed = problem.layout == Layout::nchw;
    plan.parallel = too_small_to_share(problem) ? ParallelAxis::none : ParallelAxis::pixels;
    if (auto *winograd = std::get_if<WinogradPart>(&plan.part))
      winograd->prefetch = false; // the next task's rows are not read as they lie
    fit_rows(plan, shape, platform);
    family.follow(plan, planned_problem(problem, plan), platform.target);
    if (!addressable(plan, shape))
      continue;
    candidate.cost = of_all_tasks(candidate.cost, plan, problem, shape, platform);
    candidate.reason += fmt::format(", in {} dense phases of the dilation", shape.batch / problem.batch);
    plans.push_back(std::move(candidate));
  }
}

} // namespace

int phase_tasks(const Plan &plan, const Problem &problem) {
  const Problem shape = rearranged_shape(problem, plan);
  const auto [rows, columns] = dilation_phases(problem);
  return problem.batch * (rows * columns / plan.phases_per_task) *
         ceil_div(shape.height().output, rearranged_task(shape, plan).rows);
}

std::vector<Candidate> phase_plans(const Family &family, const Problem &problem, const Platform &platform) {
  std::vector<Candidate> plans;
  if (!has_dilation_phases(problem))
    return plans;
  const auto [rows, columns] = dilation_phases(problem);
  const Problem shape = dense_phases(problem);
  add_plans(plans, family, problem, shape, columns, platform);
  for (const int together : divisors(rows)) {
    const long fewer = long{largest_divisor(rows, together - 1)} * columns;
    if (fewer * shape.volume(&Axis::output) >= enough_pixels)
      break;
    add_plans(plans, family, problem, shape, together * columns, platform);
  }
  return plans;
}

Cost cost_of_phases(const Plan &plan, const Problem &problem, const Platform &platform) {
  const Problem shape = dense_phases(problem), inner = sums_of_task(shape, plan.phases_per_task);
  Plan sums = plan;
  sums.phases_per_task = 0;
  sums.transposed = false;
  sums.parallel = too_small_to_share(inner) ? ParallelAxis::none : ParallelAxis::pixels;
  // fit_rows() comes after the price.
  if (std::holds_alternative<DirectPart>(sums.part))
    choose_tasks(sums, inner, platform);
  return of_all_tasks(family_of(sums, inner).cost(sums, inner, platform), plan, problem, shape, platform);
}

void check_phases(const Plan &plan, const Problem &problem) {
  const std::string given = std::to_string(plan.phases_per_task);
  expect(has_dilation_phases(problem), "phases_per_task", given,
         "0: the problem has no dilation of stride 1");
  const auto [rows, columns] = dilation_phases(problem);
  expect(plan.phases_per_task % columns == 0 && rows % (plan.phases_per_task / columns) == 0,
         "phases_per_task", given,
         fmt::format("{} of a row, or those of several that divide {} rows", columns, rows));
  expect(plan.transposed == (problem.layout == Layout::nchw), "transposed",
         plan.transposed ? "true" : "false",
         plan.transposed ? "false of phases in NHWC" : "true of phases in NCHW");
  expect(plan.parallel != ParallelAxis::channels, "parallel", "channels", "none or pixels, of phases");
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  expect(!winograd || plan.phases_per_task % winograd->images_per_task == 0, "winograd_images_per_task",
         winograd ? std::to_string(winograd->images_per_task) : "", "a divisor of the phases of a task");
}

} // namespace convforge
