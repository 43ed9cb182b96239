#include "planner/transposed_plans.hpp"

#include "base/integer.hpp"
#include "plan/channels_last.hpp"
#include "plan/pointwise.hpp"
#include "planner/checks.hpp"
#include "planner/cost.hpp"
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
/// Of L2, for what a task transposes and its sums; the rest is for weights.
constexpr double share_of_l2 = 0.75;

/// Bytes of the workspace that a row of outputs needs, of one region's input and of its sums.
double row_bytes(const Problem &shape) {
  const double input = double(shape.in_channels) * shape.width().input * shape.height().stride;
  return double(bytes_of(shape.types.accumulator())) *
         (input + double(shape.out_channels) * shape.width().output);
}

/// Do columns that two tasks store add a residual twice? The last task begins earlier where tasks do not
/// divide a row.
bool stores_meet(const Plan &plan, const Problem &shape) {
  return takes_tensor_like_output(shape.epilogue) &&
         shape.width().output % transposed_task(shape, plan).columns != 0;
}

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
  if (transposed_task(shape, plan).blocks > 0)
    return fit_chunks(plan, shape, platform);
  plan.rows_per_task =
      even_piece(shape.height().output, std::min(plan.rows_per_task, at_most(row_bytes(shape))));
}

/// What is said of several images in a formula.
std::string images_in_words(const TransposedTask &task) {
  return task.images == 1 ? "" : fmt::format("{} images x ", task.images);
}

/// Channels of a chunk of the region: 0 where its algorithm has no chunks.
int chunk_channels(const TransposedTask &task, const Region &region) {
  return std::min(task.blocks, region.blocks()) * region.block;
}

Scratch pixels_kept(const Problem &shape, const Plan &plan, const Region &region) {
  const TransposedTask task = transposed_task(shape, plan);
  const int columns = task.columns == shape.width().output ? shape.width().input : task.columns;
  const int channels = task.blocks > 0 ? chunk_channels(task, region) : shape.in_channels;
  return accumulators_kept(std::size_t(task.images) * task.input_rows * columns * channels,
                           fmt::format("{}{} x {} x {} of transposed input", images_in_words(task),
                                       counted(task.input_rows, "row"), counted(columns, "column"),
                                       counted(channels, "channel")));
}

Scratch sums_kept(const Problem &shape, const Plan &plan, const Region &region) {
  const TransposedTask task = transposed_task(shape, plan);
  const bool blocked = plan.algorithm != Algorithm::winograd && region.channels > region.block;
  const int channels = task.blocks > 0 ? chunk_channels(task, region)
                                       : (blocked ? region.blocks() * region.block : region.channels) *
                                             (plan.channelwise() ? 1 : shape.groups);
  return accumulators_kept(std::size_t(task.images) * task.rows * task.columns * channels,
                           fmt::format("{}{} x {} x {} of sums", images_in_words(task),
                                       counted(task.rows, "row"), counted(task.columns, "column"),
                                       counted(channels, "channel")));
}

/// By how much the squares of a row of pixels take longer than if they filled it.
double unfilled(int columns) {
  constexpr int side = 8;
  const int narrow = std::min(side, static_cast<int>(std::bit_floor(unsigned(columns))));
  return double(round_up(columns, narrow)) / columns * (narrow < side ? narrow_squares : 1);
}

/// Input and output pass once more, rows that tasks share for each of them, and the input for every region.
double transposition_cycles(const Problem &shape, const Plan &plan, const Platform &platform) {
  const TransposedTask task = transposed_task(shape, plan);
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

/// Vectors along channels are what it is for; parts of a row of Winograd's tiles have no transposition.
bool can_transpose(const Plan &plan, const Problem &shape) {
  return plan.vector_axis == VectorAxis::channel && !plan.fuses_pixels() &&
         (plan.algorithm != Algorithm::winograd || plan.columns_per_task == shape.width().output);
}

/// Kernels address 2^31 bytes of a tensor.
bool addressable(const Plan &plan, const Problem &shape) {
  constexpr std::size_t most = std::size_t{1} << 31;
  const auto small = [&](const Region &region) {
    return pixels_kept(shape, plan, region).bytes < most && sums_kept(shape, plan, region).bytes < most;
  };
  return std::ranges::all_of(plan.regions, small);
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
    if (!can_transpose(plan, shape))
      continue;
    plan.transposed = true;
    if (auto *winograd = std::get_if<WinogradPart>(&plan.part))
      winograd->prefetch = false; // the next task's rows are not read as they lie
    fit_tasks(plan, shape, platform);
    family.follow(plan, inner, platform.target);
    if (!addressable(plan, shape))
      continue;
    candidate.cost.copies += transposition_cycles(shape, plan, platform);
    candidate.reason += ", transposed for each task and back";
    plans.push_back(std::move(candidate));
  }
  return plans;
}

std::vector<Scratch> scratch_of(const Plan &plan, const Problem &problem, bool shared) {
  const Problem planned = planned_problem(problem, plan);
  std::vector<Scratch> inner = family_of(plan, planned).scratch(plan, planned, shared);
  const bool image_is_shared = plan.parallel == ParallelAxis::channels;
  if (!plan.transposed || (image_is_shared && !shared))
    return inner;
  const Problem shape = shape_of(problem, plan.algorithm);
  std::vector<Scratch> all;
  for (std::size_t i = 0; i < plan.regions.size(); i++) {
    const Scratch ends =
        both(pixels_kept(shape, plan, plan.regions[i]), sums_kept(shape, plan, plan.regions[i]));
    all.push_back(i < inner.size() ? both(ends, inner[i]) : ends);
  }
  return all;
}

void check_transposed(const Plan &plan, const Problem &problem, const Target &target) {
  expect(problem.layout == Layout::nchw && !problem.has_depth(), "transposed", "true",
         "false except for 1-D and 2-D problems in NCHW");
  expect(plan.algorithm != Algorithm::pointwise || is_pointwise(problem), "algorithm", "pointwise",
         "one that computes " + problem.canonical());
  const Problem inner = channels_last(problem);
  const Family &family = family_of(plan, inner);
  family.check(plan, inner, target);
  const Problem shape = shape_of(problem, plan.algorithm);
  expect(can_transpose(plan, shape), "transposed", "true",
         "false, or vectors along output channels and tasks of whole rows");
  expect(plan.algorithm == Algorithm::pointwise || plan.columns_per_task == shape.width().output,
         "columns_per_task", std::to_string(plan.columns_per_task), "whole rows of what is transposed");
  const int blocks = transposed_task(shape, plan).blocks;
  expect(blocks == 0 || plan.regions.front().blocks() % blocks == 0, "blocks_per_chunk",
         std::to_string(blocks), "a divisor of the blocks of what is transposed");
  expect(!stores_meet(plan, shape), "columns_per_task", std::to_string(plan.columns_per_task),
         "a divisor of the pixels where a residual may be the output");
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  expect(!winograd || !winograd->prefetch, "winograd_prefetch", "true", "false of what is transposed");
}

} // namespace convforge
