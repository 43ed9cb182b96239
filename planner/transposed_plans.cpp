#include "planner/transposed_plans.hpp"

#include "base/integer.hpp"
#include "plan/channels_last.hpp"
#include "plan/pointwise.hpp"
#include "plan/used_channels.hpp"
#include "planner/cost.hpp"
#include "planner/rearranged_plans.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <fmt/format.h>

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
/// Where channels that are not used are left out in NHWC: a shuffle beside a load and a store.
constexpr double gathered_share_of_copied = 0.9;

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

/// Of pixels whose channels lie side by side before and after, vectors of whose channels are gathered or
/// spread.
double gathering_cycles(double bytes, const Platform &platform) {
  return bytes / (gathered_share_of_copied * platform.machine.copied_bytes_per_cycle);
}

/// Input and output pass once more, rows that tasks share for each of them, and the input for every region.
double transposition_cycles(const Problem &problem, const Problem &shape, const Plan &plan,
                            const Platform &platform) {
  const RearrangedTask task = rearranged_task(shape, plan);
  const Axis &height = shape.height();
  const double rows = double(ceil_div(height.output, task.rows)) * task.input_rows;
  const double regions = task.blocks > 0 ? 1 : double(plan.regions.size()); // that read the whole of it
  const double input = rows * shape.width().input * shape.in_channels * regions;
  const double output = double(height.output) * shape.width().output * problem.out_channels;
  const double bytes = shape.batch * (input + output) * double(bytes_of(shape.types.accumulator()));
  double kept = double(pixels_kept(shape, plan, plan.regions.front()).bytes);
  for (const Region &region : plan.regions)
    kept += double(sums_kept(shape, plan, region).bytes);
  if (plan.leaves_out_channels())
    kept = std::max(kept, workspace_of_task(plan, problem));
  Traffic outgrown; // where L2 does not hold a task: written and read
  if (kept > share_of_l2 * platform.machine.l2_bytes)
    outgrown.add(platform, 2 * bytes, kept);
  if (task.blocks > 0) {
    const double squares = input * unfilled(shape.width().input) + output * unfilled(shape.width().output);
    return shape.batch * squares * double(bytes_of(shape.types.accumulator())) /
               (transposed_share_of_chunks * platform.machine.copied_bytes_per_cycle) +
           outgrown.cycles(platform);
  }
  if (!plan.transposed)
    return gathering_cycles(bytes, platform) + outgrown.cycles(platform);
  return bytes / (transposed_share_of_copied * platform.machine.copied_bytes_per_cycle) +
         outgrown.cycles(platform);
}

/// How a plan rearranges its tensors.
struct Rearrangement {
  bool transposed = false, gathers_input = false, spreads_output = false;

  void make(Plan &plan) const {
    plan.transposed = transposed;
    plan.gathers_input = gathers_input;
    plan.spreads_output = spreads_output;
  }
};

/// Those that there are of the layout and of what is known to be zero, other than none.
std::vector<Rearrangement> rearrangements(const Problem &problem) {
  std::vector<Rearrangement> all;
  const bool transposed = problem.layout == Layout::nchw;
  const ZeroWeights &zeros = problem.zeros;
  if (transposed)
    all.push_back({.transposed = true});
  if (!zeros.in_channels.empty())
    all.push_back({transposed, true, false});
  if (!zeros.out_channels.empty())
    all.push_back({transposed, false, true});
  if (!zeros.in_channels.empty() && !zeros.out_channels.empty())
    all.push_back({transposed, true, true});
  return all;
}

/// Is there less to compute than without leaving out channels, or is none left out?
bool is_of_use(const Rearrangement &by, const Problem &problem) {
  Plan plan;
  by.make(plan);
  return !plan.leaves_out_channels() || used_problem(problem, plan).multiply_adds() < problem.multiply_adds();
}

std::string in_words(const Rearrangement &by, const Problem &problem) {
  Plan plan;
  by.make(plan);
  const Problem used = used_problem(problem, plan);
  std::string words = by.transposed ? ", transposed for each task and back" : "";
  if (by.gathers_input)
    words += fmt::format(", of {} of {} input channels", used.in_channels, problem.in_channels);
  if (by.spreads_output)
    words += fmt::format(", of {} of {} output channels", used.out_channels, problem.out_channels);
  return words;
}

void add_transposed_plans(std::vector<Candidate> &plans, const Rearrangement &by, const Family &family,
                          const Problem &problem, const Platform &platform) {
  Plan rearranging;
  by.make(rearranging);
  const Problem inner = planned_problem(problem, rearranging);
  for (Candidate &candidate : family.plans(inner, platform)) {
    Plan &plan = candidate.plan;
    by.make(plan);
    const Problem shape = rearranged_shape(problem, plan);
    if (!can_rearrange(plan, shape))
      continue;
    if (auto *winograd = std::get_if<WinogradPart>(&plan.part))
      winograd->prefetch = false; // the next task's rows are not read as they lie
    fit_tasks(plan, shape, platform);
    family.follow(plan, inner, platform.target);
    // Chunks of depthwise are fitted anew: plans that differed by them alone are one now.
    if (!addressable(plan, shape) || std::ranges::find(plans, plan, &Candidate::plan) != plans.end())
      continue;
    candidate.cost.copies += transposition_cycles(problem, shape, plan, platform);
    candidate.reason += in_words(by, problem);
    plans.push_back(std::move(candidate));
  }
}

} // namespace

std::vector<Candidate> transposed_plans(const Family &family, const Problem &problem,
                                        const Platform &platform) {
  std::vector<Candidate> plans;
  if (problem.has_depth() || (family.algorithm == Algorithm::pointwise && !is_pointwise(problem)))
    return plans;
  for (const Rearrangement &by : rearrangements(problem))
    if (is_of_use(by, problem))
      add_transposed_plans(plans, by, family, problem, platform);
  return plans;
}

Cost cost_of_transposed(const Plan &plan, const Problem &problem, const Platform &platform) {
  const Problem inner = planned_problem(problem, plan), shape = rearranged_shape(problem, plan);
  Plan sums = plan;
  Rearrangement{}.make(sums);
  // fit_tasks() comes after the price: the sums are taken to cost what they do in NHWC's tasks.
  if (std::holds_alternative<DirectPart>(sums.part))
    choose_tasks(sums, shape_of(inner, sums.algorithm), platform);
  Cost cost = family_of(sums, inner).cost(sums, inner, platform);
  cost.copies += transposition_cycles(problem, shape, plan, platform);
  return cost;
}

} // namespace convforge
