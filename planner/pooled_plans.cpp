#include "planner/pooled_plans.hpp"

#include "base/integer.hpp"
#include "plan/channels_last.hpp"
#include "plan/pooled_epilogue.hpp"
#include "plan/pooled_tiles.hpp"
#include "planner/checks.hpp"
#include "planner/cost.hpp"
#include "planner/rearranged_plans.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"
#include "problem/pooling_patches.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {

namespace {

/// To NCHW whole rows are stored in squares.
constexpr double pooled_squares_of_copied = 0.15;
/// Of the time of a copied byte, what one takes that is only read, for the largest or the average: 13 MB of
/// sums of 3 to 64 channels at 224x224, pooled by 2x2 from L1, took some 80 us (Emerald Rapids).
constexpr double read_of_copied = 0.25;
/// The same of sums that L1 does not hold, on top: from L2 the same layer took 157 us longer.
constexpr double sums_beyond_l1 = 0.5;
/// Of L1, for what a patch reads and its sums; the rest is for weights.
constexpr double share_of_l1 = 0.5;

/// What a patch keeps.
struct Kept {
  double input, sums; ///< elements
  double all() const { return input + sums; }
};
Kept kept_of(const Problem &problem, const PooledPatch &pooled) {
  const Problem patch = pooling_patches(problem, pooled);
  return {double(patch.height().input) * patch.width().input * patch.in_channels,
          double(patch.height().output) * patch.width().output * patch.out_channels};
}

/// The largest number of 1 to `most` that `fits`, or 1; `fits` is of no larger ones once it is not.
template <typename Fits>
int largest_that(int most, const Fits &fits) {
  int fitting = 1;
  while (fitting < most && fits(fitting + 1))
    fitting++;
  return fitting;
}

/// Columns of patches in NCHW are stored in squares: they divide a row.
int columns_of_patch(const Problem &problem, int most) {
  const int width = problem.pooling.width().output;
  return problem.layout == Layout::nchw ? largest_divisor(width, most) : even_piece(width, most);
}

/// Patches whose sums L1 holds, of a few rows; whole rows, as many as L2 holds and as there may be threads
/// for; and the whole image, where nothing is computed twice.
std::vector<PooledPatch> patches_worth_a_thought(const Problem &problem, const Platform &platform) {
  const int height = problem.pooling.height().output, width = problem.pooling.width().output;
  const auto fits = [&](const PooledPatch &patch, double bytes) {
    return double(bytes_of(problem.types.accumulator())) * kept_of(problem, patch).all() <= bytes;
  };
  std::vector<PooledPatch> patches;
  const auto add = [&](const PooledPatch &patch) {
    if (std::ranges::find(patches, patch) == patches.end())
      patches.push_back(patch);
  };
  for (const int rows : {1, 2, 4, 5})
    if (rows <= height) {
      const int most = largest_that(
          width, [&](int columns) { return fits({rows, columns}, share_of_l1 * platform.machine.l1_bytes); });
      add({rows, columns_of_patch(problem, most)});
    }
  const int most = largest_that(
      height, [&](int rows) { return fits({rows, width}, share_of_l2 * platform.machine.l2_bytes); });
  const int wanted = std::max(1, tasks_wanted / problem.batch);
  add({even_piece(height, std::min(most, ceil_div(height, wanted))), width});
  add({height, width});
  return patches;
}

/// The input is read and written with its zeros; the sums are read, for every window that has them, after a
/// pass of the epilogue where it stands before the pooling.
double pooling_cycles(const Problem &problem, const Plan &plan, const Platform &platform) {
  const Kept patch = kept_of(problem, plan.pooled);
  const double patches = double(problem.batch) * patch_counts(problem, plan.pooled).count();
  const double input = patches * patch.input, sums = patches * patch.sums;
  const Axis &height = problem.pooling.height(), &width = problem.pooling.width();
  const double pooled = double(problem.batch) * height.output * width.output * problem.out_channels;
  const double passes = epilogue_of_pooled(problem) == EpilogueOfPooled::before ? 2 : 0;
  const double share = plan.transposed ? pooled_squares_of_copied : 1;
  const double element = double(bytes_of(problem.types.accumulator()));
  const bool in_tiles = patches_of_plan(plan, problem).pools();
  const double looked_at = in_tiles ? 1 : height.kernel * width.kernel;
  const double copied = element * (input / share + passes * sums + read_of_copied * pooled * looked_at);
  const double kept = element * patch.all();
  Traffic outgrown; // where L2 does not hold a task: written and read
  if (kept > share_of_l2 * platform.machine.l2_bytes)
    outgrown.add(platform, 2 * element * (input + sums), kept);
  const double beyond_l1 = kept > platform.machine.l1_bytes ? sums_beyond_l1 * element * sums : 0;
  return (copied + beyond_l1) / platform.machine.copied_bytes_per_cycle + outgrown.cycles(platform);
}

/// From what the sums of all patches cost.
Cost of_all_patches(Cost cost, const Plan &plan, const Problem &problem, const Platform &platform) {
  cost.copies += pooling_cycles(problem, plan, platform);
  cost.overhead += (sharing_factor(plan, problem) - 1) * cost.total();
  return cost;
}

void add_pooled_plans(std::vector<Candidate> &plans, const Family &family, const Problem &problem,
                      const PooledPatch &pooled, const Platform &platform) {
  const Problem patches = pooling_patches(problem, pooled);
  for (Candidate &candidate : family.plans(channels_last(patches), platform)) {
    Plan &plan = candidate.plan;
    const auto *winograd = std::get_if<WinogradPart>(&plan.part);
    if (!can_rearrange(plan, patches) || plan.parallel == ParallelAxis::channels ||
        (winograd && winograd->images_per_task > 1))
      continue;
    plan.pooled = pooled;
    plan.transposed = problem.layout == Layout::nchw;
    plan.parallel = too_small_to_share(problem) ? ParallelAxis::none : ParallelAxis::pixels;
    plan.columns_per_task = patches.width().output;
    if (auto *own = std::get_if<WinogradPart>(&plan.part))
      own->prefetch = false; // the next task's rows are not read as they lie
    family.follow(plan, planned_problem(problem, plan), platform.target);
    if (!addressable(plan, patches))
      continue;
    candidate.cost = of_all_patches(candidate.cost, plan, problem, platform);
    candidate.reason += fmt::format(", pooled in patches of {} x {}", pooled.rows, pooled.columns);
    plans.push_back(std::move(candidate));
  }
}

/// Those of the convolution whose tiles are pooled as they are stored.
void add_tiled_plans(std::vector<Candidate> &plans, const Family &family, const Problem &problem,
                     const Platform &platform) {
  for (Candidate &candidate : family.plans(problem, platform))
    if (tile_pooling(candidate.plan, problem) != TilePooling::none) {
      candidate.reason +=
          pools_in_rows(candidate.plan, problem) ? ", pooled in rows" : ", pooled in registers";
      plans.push_back(std::move(candidate));
    }
}

} // namespace

int pooled_tasks(const Plan &plan, const Problem &problem) {
  return problem.batch * patch_counts(problem, plan.pooled).down;
}

std::vector<Candidate> pooled_plans(const Family &family, const Problem &problem, const Platform &platform) {
  std::vector<Candidate> plans;
  if (!problem.pools() || family.algorithm == Algorithm::pointwise)
    return plans;
  if (family.algorithm == Algorithm::winograd)
    add_tiled_plans(plans, family, problem, platform);
  for (const PooledPatch &pooled : patches_worth_a_thought(problem, platform))
    add_pooled_plans(plans, family, problem, pooled, platform);
  return plans;
}

Cost cost_of_pooled(const Plan &plan, const Problem &problem, const Platform &platform) {
  const Problem inner = planned_problem(problem, plan);
  Plan sums = plan;
  sums.pooled = {};
  sums.transposed = false;
  sums.parallel = too_small_to_share(inner) ? ParallelAxis::none : ParallelAxis::pixels;
  if (std::holds_alternative<DirectPart>(sums.part))
    choose_tasks(sums, inner, platform);
  return of_all_patches(family_of(sums, inner).cost(sums, inner, platform), plan, problem, platform);
}

void check_pooled(const Plan &plan, const Problem &problem) {
  const Pooling &pooling = problem.pooling;
  expect_range("pooled_rows", plan.pooled.rows, 1, pooling.height().output);
  expect_range("pooled_columns", plan.pooled.columns, 1, pooling.width().output);
  expect(problem.layout == Layout::nhwc || pooling.width().output % plan.pooled.columns == 0,
         "pooled_columns", std::to_string(plan.pooled.columns),
         fmt::format("a divisor of {}, the columns that are stored in squares", pooling.width().output));
  expect(!plan.gathers_input, "gathers_input", "true", "false of what is pooled");
  expect(!plan.spreads_output, "spreads_output", "true", "false of what is pooled");
  expect(plan.phases_per_task == 0, "phases_per_task", std::to_string(plan.phases_per_task),
         "0 of what is pooled");
  expect(plan.transposed == (problem.layout == Layout::nchw), "transposed",
         plan.transposed ? "true" : "false",
         plan.transposed ? "false of patches in NHWC" : "true of patches in NCHW");
  expect(plan.parallel != ParallelAxis::channels, "parallel", "channels", "none or pixels, of patches");
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  expect(!winograd || winograd->images_per_task == 1, "winograd_images_per_task", "several",
         "1 of patches, which are pooled one after another");
  expect(plan.algorithm != Algorithm::pointwise, "algorithm", "pointwise", "direct, of patches");
}

} // namespace convforge
