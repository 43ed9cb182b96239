// Plans for direct and pointwise: the ways to read the input, with every row of regions that suits them.
#include "base/integer.hpp"
#include "plan/fused_pixels.hpp"
#include "plan/pointwise.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/direct/direct_regions.hpp"
#include "planner/element_types.hpp"
#include "planner/platform.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <algorithm>
#include <bit>

namespace convforge {

namespace {

constexpr int most_phases = 16; // of a stride, that a copy along rows sorts columns by

/// Where taps in the padding are skipped, a loop over input channels stands for each kernel column and each
/// kind of tile (left edge, middle, right edge): no more than this many columns, so that code stays small.
constexpr int most_columns_written_out = 9;

/// Input elements that are broadcast one by one cost a conversion each: a copy of a task's input, converted
/// by whole vectors, serves all blocks of channels.
bool converts_scalars(const Problem &problem) {
  return problem.layout == Layout::nhwc && problem.types.source != problem.types.accumulator();
}

/// Can the taps that meet the padding be left out, instead of copying the input with zeros around it? Rows
/// bound the loop over kernel rows, so all pixels of a tile must be in one.
bool can_skip_padding(const Problem &problem, const Platform &platform) {
  // One kernel row leaves no loop to bound: a lone row of padding above was read (1x1, ph1, one row more out
  // than in).
  const bool rows_to_skip = problem.height().kernel > 1 || !needs_padding(problem.height());
  return platform.target.broadcast_lanes == 1 && problem.pads_with() == PaddingMode::zeros &&
         problem.layout == Layout::nhwc && rows_to_skip && !converts_scalars(problem) &&
         problem.width().kernel <= most_columns_written_out;
}

/// In NCHW a copy also brings the columns that a strided vector reads side by side.
bool needs_copy(const Problem &problem) {
  return needs_padding(problem) || converts_scalars(problem) ||
         (problem.layout == Layout::nchw && problem.width().stride > 1);
}

/// With many vectors a broadcast element serves enough multiply-adds; with wide strides or dilation pixels
/// share few elements.
bool can_reuse_columns(const Problem &problem, int vectors) {
  const Axis &width = problem.width();
  return vectors == 1 && width.kernel > 1 && width.kernel <= 5 && width.stride == 1 && width.dilation == 1;
}

/// Tasks decide whether the pixels of all images are one row, tiles are chosen before: those of 8 pixels may
/// find 5 in a row.
bool tiles_fit_rows(const Plan &plan, const Problem &problem) {
  const int width = loop_problem(problem, plan).width().output;
  return std::ranges::all_of(plan.regions, [&](const Region &region) { return region.tile_w <= width; });
}

/// Completes a plan for each set of regions. `problem` is the one the loops run over.
void propose(std::vector<Candidate> &all, const Problem &problem, const Platform &platform, Plan plan,
             const std::vector<Regions> &sets) {
  for (const Regions &regions : sets) {
    plan.regions = regions;
    choose_tasks(plan, problem, platform);
    if (plan.fuses_pixels() && !tiles_fit_rows(plan, problem))
      continue;
    for (Region &region : plan.regions)
      region.unroll_tiles = must_unroll_tiles(plan, region, problem);
    choose_unrolling(plan, problem, platform.target);
    if (std::ranges::find(all, plan, &Candidate::plan) == all.end())
      all.push_back({plan, cost_of_loops(plan, problem, platform), tiles_in_words(plan)});
  }
}

/// All channels of a pixel in one tile, where they are more than others have: memory is written as one
/// stream. 0: no such tile.
int vectors_of_whole_pixels(const Problem &problem, const Platform &platform) {
  constexpr int most = 9; // and two pixels beside their weights, of 32 registers
  const int lanes = vector_lanes(platform.target), vectors = problem.group_out() / lanes;
  const bool more = vectors > platform.target.tiles.direct_channel_vectors && vectors <= most;
  const bool whole = problem.groups == 1 && vectors * lanes == problem.group_out();
  return more && whole && platform.target.broadcast_lanes == 1 ? vectors : 0;
}

/// All ways to tile NHWC, the plan's input copied or not.
void propose_channels_last(std::vector<Candidate> &all, const Problem &problem, const Platform &platform,
                           Plan plan) {
  const int lanes = vector_lanes(platform.target);
  for (int vectors = 1; vectors <= platform.target.tiles.direct_channel_vectors; vectors++) {
    plan.vector_axis = VectorAxis::channel;
    choose_broadcast(plan, problem, platform.target);
    if (plan.two_weight_pointers() && vectors % 2 == 0)
      continue; // 88 to 91 % of Cortex-A510's peak, where three and five vectors come to 93 (docs/arm.md)
    propose(all, problem, platform, plan, channel_regions(problem, platform, plan, vectors, false, lanes));
    if (platform.target.broadcast_lanes > 1 || plan.fuses_pixels())
      continue; // what follows is written for machines that load every scalar by itself, row by row
    if (half_vectors_leave_less(platform, problem.group_out()))
      propose(all, problem, platform, plan,
              channel_regions(problem, platform, plan, vectors, false, lanes / 2));
    if (masks_vectors(platform.target, problem.types.destination))
      propose(all, problem, platform, plan, channel_regions(problem, platform, plan, vectors, true, lanes));
    if (can_reuse_columns(problem, vectors)) {
      plan.direct().window.taps_innermost = true;
      propose(all, problem, platform, plan, channel_regions(problem, platform, plan, vectors, false, lanes));
      plan.direct().window.taps_innermost = false;
    }
    if (plan.window().padded_copy ||
        !needs_padding(problem)) { // edges and sums of lanes together are much code
      plan.vector_axis = VectorAxis::input_channel;
      propose(all, problem, platform, plan, lane_regions(problem, platform, plan, vectors));
    }
  }
  plan.vector_axis = VectorAxis::channel;
  choose_broadcast(plan, problem, platform.target);
  if (const int vectors = vectors_of_whole_pixels(problem, platform); vectors > 0 && !plan.fuses_pixels())
    propose(all, problem, platform, plan, channel_regions(problem, platform, plan, vectors, false, lanes));
}

/// Would a copy along rows have a loop for each of many phases of the stride (column_phases.hpp)? Of 160
/// Halide makes half a minute of code, of 320 it comes to no end. Such problems are computed as NHWC, which
/// 3-D cannot.
bool copies_too_many_phases(const Problem &problem) {
  const double transposed = double(bytes_of(problem.types.accumulator())) * problem.in_channels *
                            double(problem.volume(&Axis::input));
  return problem.layout == Layout::nchw && !problem.has_depth() && problem.width().stride > most_phases &&
         transposed < double(1U << 31);
}

std::vector<Candidate> plans(const Problem &problem, const Platform &platform, Algorithm algorithm) {
  Plan plan = empty_plan(algorithm);
  Window &window = plan.direct().window;
  std::vector<Candidate> all;
  for (const bool copied : {false, true}) {
    window.padded_copy = copied;
    if (copied ? !needs_copy(problem) : needs_copy(problem) && !can_skip_padding(problem, platform))
      continue;
    if (copied && copies_too_many_phases(problem))
      continue;
    window.skip_rows = !copied && needs_padding(problem.height());
    window.skip_columns = !copied && needs_padding(problem.width());
    if (problem.layout == Layout::nhwc) {
      propose_channels_last(all, problem, platform, plan);
      continue;
    }
    plan.vector_axis = VectorAxis::width;
    choose_broadcast(plan, problem, platform.target);
    for (int vectors = 1; vectors <= platform.target.tiles.channel_vectors; vectors++)
      propose(all, problem, platform, plan, width_regions(problem, platform, plan, vectors));
  }
  return all;
}

/// Has the last tile of a row nothing left over, whatever its size is?
bool rows_fill_tiles(const Problem &problem) {
  constexpr int all_sizes = 12; // what 2, 3, 4 and 6 pixels divide
  return problem.width().output % all_sizes == 0;
}

} // namespace

std::vector<Candidate> fused_plans(const Problem &problem, const Platform &platform) {
  std::vector<Candidate> all;
  if (!can_fuse_pixels(problem) || platform.target.broadcast_lanes > 1 || is_pointwise(problem) ||
      problem.depthwise() || rows_fill_tiles(problem))
    return all;
  Plan plan = empty_plan(Algorithm::direct);
  plan.direct().fused_pixels = true;
  plan.direct().window.padded_copy = needs_copy(problem);
  propose_channels_last(all, problem, platform, plan);
  return all;
}

Cost cost_of_loops(const Plan &plan, const Problem &problem, const Platform &platform) {
  return shared(direct_cost(problem, platform, plan), plan, problem);
}

std::vector<Candidate> direct_plans(const Problem &problem, const Platform &platform) {
  return plans(problem, platform, Algorithm::direct);
}

std::vector<Candidate> pointwise_plans(const Problem &problem, const Platform &platform) {
  return is_pointwise(problem) ? plans(fuse_pixels(problem), platform, Algorithm::pointwise)
                               : std::vector<Candidate>{};
}

} // namespace convforge
