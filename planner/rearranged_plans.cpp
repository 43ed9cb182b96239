#include "planner/rearranged_plans.hpp"

#include "base/integer.hpp"
#include "plan/pointwise.hpp"
#include "plan/pooled_epilogue.hpp"
#include "planner/checks.hpp"
#include "planner/cost.hpp"
#include "planner/joined_plans.hpp"
#include "planner/phase_plans.hpp"
#include "planner/piece_plans.hpp"
#include "planner/plane_plans.hpp"
#include "planner/pooled_plans.hpp"
#include "planner/tiles.hpp"
#include "planner/transposed_plans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace convforge {

double row_bytes(const Problem &shape) {
  const double input = double(shape.in_channels) * shape.width().input * shape.height().stride;
  return double(bytes_of(shape.types.accumulator())) *
         (input + double(shape.out_channels) * shape.width().output);
}

bool stores_meet(const Plan &plan, const Problem &shape) {
  constexpr int side_of_squares = 8; // at most (schedules/rearranged_loops.cpp)
  const int columns = rearranged_task(shape, plan).columns, width = shape.width().output;
  return takes_tensor_like_output(shape.epilogue) &&
         (width % columns != 0 || (columns != width && columns % side_of_squares != 0));
}

namespace {

/// What is said of several images in a formula.
std::string images_in_words(const RearrangedTask &task) {
  return task.images == 1 ? "" : fmt::format("{} images x ", task.images);
}

/// Channels of a chunk of the region: 0 where its algorithm has no chunks.
int chunk_channels(const RearrangedTask &task, const Region &region) {
  return std::min(task.blocks, region.blocks()) * region.block;
}

Cost cost_of_pieces(const Plan &plan, const Problem &problem, const Platform &platform) {
  const std::vector<Piece> pieces = pieces_of(problem);
  Cost cost;
  for (std::size_t i = 0; i < pieces.size(); i++)
    cost += of_piece(cost_of(plan.pieces[i], planned_piece(pieces[i]), platform), pieces[i]);
  return cost;
}

std::vector<Scratch> scratch_of_pieces(const Plan &plan, const Problem &problem, bool shared) {
  const std::vector<Piece> pieces = pieces_of(problem);
  std::vector<Scratch> all;
  for (std::size_t i = 0; i < pieces.size(); i++)
    std::ranges::move(scratch_of(plan.pieces[i], planned_piece(pieces[i]), shared), std::back_inserter(all));
  return all;
}

void check_left_out(const Plan &plan, const Problem &problem) {
  const ZeroWeights &zeros = problem.zeros;
  expect(!plan.gathers_input || !zeros.in_channels.empty(), "gathers_input", "true",
         "false: no input channel's weights are known to be zero");
  expect(!plan.spreads_output || !zeros.out_channels.empty(), "spreads_output", "true",
         "false: no output channel's weights are known to be zero");
  expect(plan.phases_per_task == 0 && !problem.has_depth(), "phases_per_task",
         std::to_string(plan.phases_per_task), "0, and no depth, where channels are left out");
  expect(plan.transposed == (problem.layout == Layout::nchw), "transposed",
         plan.transposed ? "true" : "false", "true in NCHW alone, where channels are left out");
}

} // namespace

Scratch pixels_kept(const Problem &shape, const Plan &plan, const Region &region) {
  const RearrangedTask task = rearranged_task(shape, plan);
  const bool all = plan.pools() || task.columns == shape.width().output;
  const int columns = all ? shape.width().input : task.columns;
  const int channels = task.blocks > 0 ? chunk_channels(task, region) : shape.in_channels;
  return accumulators_kept(std::size_t(task.images) * task.input_rows * columns * channels,
                           fmt::format("{}{} x {} x {} of transposed input", images_in_words(task),
                                       counted(task.input_rows, "row"), counted(columns, "column"),
                                       counted(channels, "channel")));
}

Scratch sums_kept(const Problem &shape, const Plan &plan, const Region &region) {
  const RearrangedTask task = rearranged_task(shape, plan);
  const bool blocked = plan.algorithm != Algorithm::winograd && region.channels > region.block;
  const int channels = task.blocks > 0 ? chunk_channels(task, region)
                                       : (blocked ? region.blocks() * region.block : region.channels) *
                                             (plan.channelwise() ? 1 : shape.groups);
  return accumulators_kept(std::size_t(task.images) * task.rows * task.columns * channels,
                           fmt::format("{}{} x {} x {} of sums", images_in_words(task),
                                       counted(task.rows, "row"), counted(task.columns, "column"),
                                       counted(channels, "channel")));
}

bool can_rearrange(const Plan &plan, const Problem &shape) {
  if (plan.leaves_out_channels() && (plan.channelwise() || (shape.groups > 1 && plan.regions.size() > 1)))
    return false;
  return plan.vector_axis == VectorAxis::channel && !plan.fuses_pixels() &&
         (plan.algorithm != Algorithm::winograd || plan.columns_per_task == shape.width().output);
}

double rearranged_bytes(const Problem &shape, const Plan &plan) {
  const RearrangedTask task = rearranged_task(shape, plan);
  const double rows = double(ceil_div(shape.height().output, task.rows)) * task.input_rows;
  const double input = rows * shape.width().input * shape.in_channels;
  const double output = double(shape.volume(&Axis::output)) * shape.out_channels;
  return shape.batch * (input + output) * double(bytes_of(shape.types.accumulator()));
}

double copied_cycles(const Platform &platform, double bytes, double kept, double share) {
  Traffic outgrown;
  if (kept > share_of_l2 * platform.machine.l2_bytes)
    outgrown.add(platform, 2 * bytes, kept);
  return bytes / (share * platform.machine.copied_bytes_per_cycle) + outgrown.cycles(platform);
}

bool addressable(const Plan &plan, const Problem &shape) {
  constexpr std::size_t most = std::size_t{1} << 31;
  const auto small = [&](const Region &region) {
    return pixels_kept(shape, plan, region).bytes < most && sums_kept(shape, plan, region).bytes < most;
  };
  return std::ranges::all_of(plan.regions, small);
}

Cost cost_of(const Plan &plan, const Problem &problem, const Platform &platform) {
  if (!plan.pieces.empty())
    return cost_of_pieces(plan, problem, platform);
  if (plan.pools())
    return cost_of_pooled(plan, problem, platform);
  if (plan.phases_per_task > 0)
    return cost_of_phases(plan, problem, platform);
  if (plan.planes != Planes::taps)
    return cost_of_planes(plan, problem, platform);
  if (plan.joins_phases)
    return cost_of_joined(plan, problem, platform);
  if (plan.rearranges())
    return cost_of_transposed(plan, problem, platform);
  return family_of(plan, problem).cost(plan, problem, platform);
}

std::vector<Scratch> scratch_of(const Plan &plan, const Problem &problem, bool shared) {
  if (!plan.pieces.empty())
    return scratch_of_pieces(plan, problem, shared);
  const Problem planned = planned_problem(problem, plan);
  std::vector<Scratch> inner = family_of(plan, planned).scratch(plan, planned, shared);
  const bool image_is_shared = plan.parallel == ParallelAxis::channels;
  if (!plan.rearranges() || (image_is_shared && !shared))
    return inner;
  const Problem shape = rearranged_shape(problem, plan);
  std::vector<Scratch> all;
  for (std::size_t i = 0; i < plan.regions.size(); i++) {
    const Region &region = plan.regions[i];
    const Scratch sums = sums_kept(shape, plan, region), ends = both(pixels_kept(shape, plan, region), sums);
    all.push_back(i < inner.size() ? both(ends, inner[i]) : ends);
    // The epilogue's pass comes when what the sums were computed with is free again.
    if (plan.pools() && epilogue_of_pooled(problem) == EpilogueOfPooled::before)
      all.push_back(both(ends, sums));
  }
  return all;
}

double workspace_of_task(const Plan &plan, const Problem &problem) {
  std::size_t most = 0;
  for (const Scratch &scratch : scratch_of(plan, problem, plan.parallel == ParallelAxis::channels))
    most = std::max(most, scratch.bytes);
  return double(most);
}

void check_rearranged(const Plan &plan, const Problem &problem, const Target &target) {
  expect(!problem.types.quantised(), "transposed", "true",
         "false, and no phases of dilations, of 8-bit integers");
  if (plan.joins_phases)
    check_joined(plan, problem);
  else if (plan.pools())
    check_pooled(plan, problem);
  else if (plan.planes == Planes::gathered)
    check_gathered_planes(plan, problem);
  else if (plan.leaves_out_channels())
    check_left_out(plan, problem);
  else if (plan.phases_per_task > 0)
    check_phases(plan, problem);
  else
    expect(problem.layout == Layout::nchw && !problem.has_depth(), "transposed", "true",
           "false except for 1-D and 2-D problems in NCHW");
  expect(plan.algorithm != Algorithm::pointwise || is_pointwise(problem), "algorithm", "pointwise",
         "one that computes " + problem.canonical());
  const Problem inner = planned_problem(problem, plan);
  const Family &family = family_of(plan, inner);
  family.check(plan, inner, target);
  const Problem shape = rearranged_shape(problem, plan);
  expect(can_rearrange(plan, shape), "transposed", "true",
         "false, or vectors along output channels and tasks of whole rows");
  expect(plan.algorithm == Algorithm::pointwise || plan.columns_per_task == shape.width().output,
         "columns_per_task", std::to_string(plan.columns_per_task), "whole rows of what is transposed");
  expect(addressable(plan, shape), "rows_per_task", std::to_string(plan.rows_per_task),
         "tasks of less than 2^31 bytes of rearranged input and of sums");
  const int blocks = rearranged_task(shape, plan).blocks;
  expect(blocks == 0 || plan.regions.front().blocks() % blocks == 0, "blocks_per_chunk",
         std::to_string(blocks), "a divisor of the blocks of what is transposed");
  expect(plan.pools() || plan.joins_phases || !stores_meet(plan, shape), "columns_per_task",
         std::to_string(plan.columns_per_task),
         "all pixels, or a divisor of them and multiple of 8, where a residual may be the output");
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  expect(!winograd || !winograd->prefetch, "winograd_prefetch", "true", "false of what is transposed");
}

} // namespace convforge
