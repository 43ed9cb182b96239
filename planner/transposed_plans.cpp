#include "planner/transposed_plans.hpp"

#include "base/integer.hpp"
#include "plan/channels_last.hpp"
#include "plan/pointwise.hpp"
#include "planner/cost.hpp"
#include "planner/rearranged_plans.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

/// A square of 8 x 8 elements takes 8 loads, 24 shuffles and 8 stores where a copy takes 8 loads and 8
/// stores: 15 to 18 GB/s were measured in L2 on Zen 3 (AVX2), five bytes a cycle, and 16 copied.
constexpr double transposed_share_of_copied = 1 / 3.0;
/// The same of chunks of depthwise, which stay in L1, and how much longer squares of less than 8 columns
/// take: 576 channels at 14x14 took 65 us, 26 of them the sums, 960 at 7x7 33 and 9 (the same machine).
constexpr double transposed_share_of_chunks = 0.65;
constexpr double narrow_squares = 1.6;
/// Depthwise: as many blocks of channels as L1 holds of whole images, else one, and as many rows as L2 holds.
void fit_chunks(Plan &plan, const Problem &shape, const Platform &platform) {
  const Region &region = plan.regions.front();
  const double row = row_bytes(shape) / shape.out_channels * region.lanes; // of one block
  const int height = shape.height().output;
  const int most = std::max(1, static_cast<int>(platform.machine.l1_bytes / 2 / (row * height)));
  const int blocks = largest_divisor(region.blocks(), most);
  plan.depthwise().blocks_per_chunk = blocks;
  const int fits = std::max(1, static_cast<int>(share_of_l2 * platform.machine.l2_bytes / (row * blocks)));
  plan.rows_per_task = even_piece(height, std::min(height, fits));
}

/// Tasks no larger than what L2 holds.
void fit_tasks(Plan &plan, const Problem &shape, const Platform &platform) {
  if (plan.parallel == ParallelAxis::channels || plan.algorithm == Algorithm::winograd)
    return;
  const double budget = share_of_l2 * platform.machine.l2_bytes;
  const auto at_most = [&](double each) { return std::max(1, static_cast<int>(budget / each)); };
  if (plan.algorithm == Algorithm::pointwise) {
    const int width = shape.width().output, tile = plan.regions.front().tile_w;
    const int fits = at_most(row_bytes(shape) / width) / tile * tile;
    plan.columns_per_task = std::min(round_up(plan.columns_per_task, tile), std::max(tile, fits));
    plan.columns_per_task = std::min(width, round_up(even_piece(width, plan.columns_per_task), tile));
    if (stores_meet(plan, shape))
      plan.columns_per_task = width;
    return;
  }
  plan.columns_per_task = shape.width().output;
  if (rearranged_task(shape, plan).blocks > 0)
    return fit_chunks(plan, shape, platform);
  plan.rows_per_task =
      even_piece(shape.height().output, std::min(plan.rows_per_task, at_most(row_bytes(shape))));
}

/// By how much the squares of a row of pixels take longer than if they filled it.
double unfilled(int columns) {
  constexpr int side = 8;
  const int narrow = std::min(side, static_cast<int>(std::bit_floor(unsigned(columns))));
  return double(round_up(columns, narrow)) / columns * (narrow < side ? narrow_squares : 1);
}

/// Input and output pass once more, rows that tasks share for each of them, and the input for every region.
double transposition_cycles(const Problem &shape, const Plan &plan, const Platform &platform) {
  const RearrangedTask task = rearranged_task(shape, plan);
  const Axis &height = shape.height();
  const double rows = double(ceil_div(height.output, task.rows)) * task.input_rows;
  const double regions = task.blocks > 0 ? 1 : double(plan.regions.size()); // that read the whole of it
  const double input = rows * shape.width().input * shape.in_channels * regions;
  const double output = double(height.output) * shape.width().output * shape.out_channels;
  const double bytes = shape.batch * (input + output) * double(bytes_of(shape.types.accumulator()));
  double kept = double(pixels_kept(shape, plan, plan.regions.front()).bytes);
  for (const Region &region : plan.regions)
    kept += double(sums_kept(shape, plan, region).bytes);
  Traffic outgrown; // where L2 does not hold a task: written and read
  if (kept > share_of_l2 * platform.machine.l2_bytes)
    outgrown.add(platform, 2 * bytes, kept);
  if (task.blocks > 0) {
    const double squares = input * unfilled(shape.width().input) + output * unfilled(shape.width().output);
    return shape.batch * squares * double(bytes_of(shape.types.accumulator())) /
               (transposed_share_of_chunks * platform.machine.copied_bytes_per_cycle) +
           outgrown.cycles(platform);
  }
  return bytes / (transposed_share_of_copied * platform.machine.copied_bytes_per_cycle) +
         outgrown.cycles(platform);
}

} // namespace

std::vector<Candidate> transposed_plans(const Family &family, const Problem &problem,
                                        const Platform &platform) {
  std::vector<Candidate> plans;
  if (problem.layout != Layout::nchw || problem.has_depth() ||
      (family.algorithm == Algorithm::pointwise && !is_pointwise(problem)))
    return plans;
  const Problem inner = channels_last(problem);
  for (Candidate &candidate : family.plans(inner, platform)) {
    Plan &plan = candidate.plan;
    const Problem shape = shape_of(problem, plan.algorithm);
    if (!can_rearrange(plan, shape))
      continue;
    plan.transposed = true;
    if (auto *winograd = std::get_if<WinogradPart>(&plan.part))
      winograd->prefetch = false; // the next task's rows are not read as they lie
    fit_tasks(plan, shape, platform);
    family.follow(plan, inner, platform.target);
    // Chunks of depthwise are fitted anew: plans that differed by them alone are one now.
    if (!addressable(plan, shape) || std::ranges::find(plans, plan, &Candidate::plan) != plans.end())
      continue;
    candidate.cost.copies += transposition_cycles(shape, plan, platform);
    candidate.reason += ", transposed for each task and back";
    plans.push_back(std::move(candidate));
  }
  return plans;
}

Cost cost_of_transposed(const Plan &plan, const Problem &problem, const Platform &platform) {
  const Problem inner = channels_last(problem);
  Plan sums = plan;
  sums.transposed = false;
  // fit_tasks() comes after the price: the sums are taken to cost what they do in NHWC's tasks.
  if (std::holds_alternative<DirectPart>(sums.part))
    choose_tasks(sums, shape_of(inner, sums.algorithm), platform);
  Cost cost = family_of(sums, inner).cost(sums, inner, platform);
  cost.copies += transposition_cycles(shape_of(problem, plan.algorithm), plan, platform);
  return cost;
}

} // namespace convforge
