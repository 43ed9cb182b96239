// Direct and pointwise of 8-bit integers: the register tiles and tasks of floats (direct/), for dot products.
#include "base/integer.hpp"
#include "plan/dot_runs.hpp"
#include "plan/pointwise.hpp"
#include "planner/checks.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/direct/direct_regions.hpp"
#include "planner/quantised/dot_platform.hpp"
#include "planner/quantised/quantised_checks.hpp"
#include "planner/quantised/quantised_families.hpp"
#include "planner/quantised/quantised_scratch.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"

#include <algorithm>

namespace convforge {

namespace {

constexpr int enough_instructions = 20; // beside which a loop's control does not show

/// Steps of the innermost loop that are written out: not all of them, or LLVM loads the operands of a tile's
/// straight code ahead, and spills (16 to 96 channels 1x1 at 112x112: 147 us of 8 pixels, with two iterations
/// 127; Zen 4).
int unrolled_dots(const Problem &shape, const Plan &plan) {
  if (plan.broadcast_lanes > 1)
    return plan.broadcast_lanes;                           // of one load
  const int instructions = plan.dot == Dot::pairs ? 2 : 1; // of a dot product
  int accumulators = enough_instructions;
  for (const Region &region : plan.regions)
    accumulators = std::min(accumulators, region.block / region.lanes * region.tile_w * region.tile_h);
  const int dots = dot_runs(shape, plan).dots;
  int unroll = 1;
  for (const int steps : {2, 3, 4})
    if (dots % steps == 0 && dots > steps && accumulators * unroll * instructions < enough_instructions)
      unroll = steps;
  return unroll;
}

/// Dot products of a row of the kernel, of those that its pixels would be by themselves: runs of several
/// pixels fill them up.
double share_of_dots(const Problem &shape, const Plan &plan) {
  const DotRuns runs = dot_runs(shape, plan);
  const int by_pixel = ceil_div(shape.group_in(), operands_of(plan.dot).elements);
  return double(runs.dots) * runs.runs / (double(by_pixel) * shape.width().kernel);
}

Cost cost_of_dots(const Plan &plan, const Problem &shape, const Platform &platform) {
  const DotPlatform dots(platform, plan.broadcast_lanes);
  const Problem as_floats = dot_problem(shape, platform.target);
  Cost cost = direct_cost(as_floats, dots.get(), plan);
  cost.arithmetic *= share_of_dots(shape, plan);
  cost.arithmetic += cycles_of_results(shape, platform);
  return shared(cost, plan, as_floats);
}

/// Vectors of dot products along a run, for few output channels: those would leave lanes idle. Where dot
/// products are of one element each, widening takes as long as it saves.
void propose_lane_sums(std::vector<Candidate> &all, const Problem &shape, const Platform &platform,
                       Plan plan) {
  if (operands_of(plan.dot).elements == 1)
    return;
  const DotPlatform dots(platform, 1);
  const Problem as_floats = dot_problem(shape, platform.target);
  plan.vector_axis = VectorAxis::input_channel;
  const int of_run = dot_runs(shape, plan).dots;
  for (int vectors = 1; vectors <= dots.get().target.tiles.direct_channel_vectors; vectors++)
    for (const Regions &regions : lane_regions(as_floats, dots.get(), plan, vectors)) {
      if (of_run % regions.front().lanes != 0)
        continue;
      plan.regions = regions;
      choose_tasks(plan, as_floats, dots.get());
      plan.unroll_c = 1;
      all.push_back({plan, cost_of_dots(plan, shape, platform), tiles_in_words(plan)});
    }
}

/// Of vectors of so many lanes.
void propose_dots_of(std::vector<Candidate> &all, const Problem &shape, const Platform &platform, Plan plan,
                     int lanes) {
  const DotPlatform dots(platform, plan.broadcast_lanes);
  const Problem as_floats = dot_problem(shape, platform.target);
  for (int vectors = 1; vectors <= dots.get().target.tiles.direct_channel_vectors; vectors++)
    for (const Regions &regions : channel_regions(as_floats, dots.get(), plan, vectors, false, lanes)) {
      plan.regions = regions;
      choose_tasks(plan, as_floats, dots.get());
      for (Region &region : plan.regions)
        region.unroll_tiles = must_unroll_tiles(plan, region, shape);
      plan.unroll_c = unrolled_dots(shape, plan);
      if (std::ranges::find(all, plan, &Candidate::plan) == all.end())
        all.push_back({plan, cost_of_dots(plan, shape, platform), tiles_in_words(plan)});
    }
}

void propose_dots(std::vector<Candidate> &all, const Problem &shape, const Platform &platform, Plan plan) {
  plan.vector_axis = VectorAxis::channel;
  plan.broadcast_lanes = lanes_of_dots(shape, plan, platform.target);
  const int lanes = vector_lanes(platform.target);
  propose_dots_of(all, shape, platform, plan, lanes);
  if (half_vectors_leave_less(platform, shape.group_out()))
    propose_dots_of(all, shape, platform, plan, lanes / 2);
}

/// Has every output a tap on the input along an axis? Of one that has none, Halide copies rows outside of the
/// room.
bool all_meet_input(const Axis &axis) {
  for (int output = 0; output < axis.output; output++) {
    bool meets = false;
    for (int tap = 0; tap < axis.kernel && !meets; tap++) {
      const int at = output * axis.stride + tap * axis.dilation - axis.pad_begin;
      meets = at >= 0 && at < axis.input;
    }
    if (!meets)
      return false;
  }
  return true;
}

/// May rows of taps in the padding be left out? (Of strides and dilations together Halide loses which rows of
/// the copy the taps left are on, and asks for more of them than there are.) Where what stands there counts,
/// each row of outputs would begin with a sum of its own.
bool may_skip_rows(const Problem &shape, const Plan &plan) {
  const Axis &h = shape.height();
  return plan.algorithm == Algorithm::direct && plan.vector_axis == VectorAxis::channel && h.kernel > 1 &&
         (h.stride == 1 || h.dilation == 1) && (h.pad_begin > 0 || h.pad_end > 0) && all_meet_input(h) &&
         staged_zero_point(shape, plan.dot) == 0 && shape.pads_with() == PaddingMode::zeros;
}

/// May taps beside the image be left out, too, which each pixel at an edge then has fewer of? Columns are
/// written out, each with a loop over the channels of a pixel alone: those must be many.
bool may_skip_columns(const Problem &shape, const Plan &plan, const Target &target) {
  constexpr int most_columns = 9, least_dots = 12;
  const Axis &w = shape.width(), &h = shape.height();
  const bool rows = may_skip_rows(shape, plan) || !needs_padding(h);
  return plan.algorithm == Algorithm::direct && plan.vector_axis == VectorAxis::channel && rows &&
         w.kernel > 1 && w.kernel <= most_columns && needs_padding(w) && all_meet_input(w) &&
         target.broadcast_lanes == 1 && dots_fit_pixels(shape, target.dot) &&
         shape.group_in() / operands_of(target.dot).elements >= least_dots &&
         staged_zero_point(shape, target.dot) == 0 && shape.pads_with() == PaddingMode::zeros &&
         !shape.has_depth();
}

std::vector<Candidate> plans_of_dots(const Problem &shape, const Platform &platform, Algorithm algorithm) {
  std::vector<Candidate> all;
  Plan plan = empty_plan(algorithm);
  plan.dot = platform.target.dot;
  plan.direct().window.padded_copy = dots_need_copy(shape, plan.dot);
  propose_dots(all, shape, platform, plan);
  propose_lane_sums(all, shape, platform, plan);
  plan.vector_axis = VectorAxis::channel;
  if (may_skip_rows(shape, plan)) {
    plan.direct().window.skip_rows = true;
    propose_dots(all, shape, platform, plan);
  }
  if (may_skip_columns(shape, plan, platform.target)) { // nothing of the padding is read: no copy
    plan.direct().window.padded_copy = false;
    plan.direct().window.skip_columns = plan.direct().window.unroll_s = true;
    propose_dots(all, shape, platform, plan);
  }
  return all;
}

std::vector<Candidate> quantised_direct_plans(const Problem &problem, const Platform &platform) {
  return plans_of_dots(problem, platform, Algorithm::direct);
}

std::vector<Candidate> quantised_pointwise_plans(const Problem &problem, const Platform &platform) {
  if (!is_pointwise(problem))
    return {};
  return plans_of_dots(fuse_pixels(problem), platform, Algorithm::pointwise);
}

Cost quantised_pointwise_cost(const Plan &plan, const Problem &problem, const Platform &platform) {
  return cost_of_dots(plan, fuse_pixels(problem), platform);
}

void check_dots(const Plan &plan, const Problem &shape, const Target &target) {
  check_quantised(plan, shape, target);
  const Window &window = plan.window();
  expect(!window.skip_columns ||
             (may_skip_columns(shape, plan, target) && window.unroll_s && !window.padded_copy),
         "skip_columns", "true",
         "false, or unroll_s and no copy, of many channels whose padding counts nothing");
  for (const Region &region : plan.regions) {
    const bool must = must_unroll_tiles(plan, region, shape);
    expect(region.unroll_tiles == must, "unroll_tiles", must ? "false" : "true",
           must ? "true: Halide sets no tile of so few apart" : "false");
  }
  expect(
      !plan.window().skip_rows || may_skip_rows(shape, plan), "skip_rows", "true",
      "false except for direct plans of a window whose padding is 0 as dot products take it, and is zeros");
  for (const Region &region : plan.regions)
    expect(!plan.window().skip_rows || region.tile_h == 1, "tile_h", std::to_string(region.tile_h),
           "1: rows of taps are left out");
  Problem summed = shape; // as lanes see it: a run's dot products
  const int dots = dot_runs(shape, plan).dots;
  const bool by_lanes = plan.vector_axis == VectorAxis::input_channel;
  if (by_lanes)
    summed.in_channels = summed.groups * dots;
  check_regions(plan, summed, target, false);
  check_channels_of_loop(plan, dots / (by_lanes ? plan.regions.front().lanes : 1),
                         lanes_of_dots(shape, plan, target));
}

void check_pointwise_dots(const Plan &plan, const Problem &problem, const Target &target) {
  expect(is_pointwise(problem), "algorithm", "pointwise", "one that computes " + problem.canonical());
  check_dots(plan, fuse_pixels(problem), target);
}

void follow_dots(Plan &plan, const Problem &shape, const Target & /*target*/) {
  for (Region &region : plan.regions)
    region.unroll_tiles = region.tile_w > 0 && must_unroll_tiles(plan, region, shape);
}

double pointwise_imbalance_of_dots(const Plan &plan, const Problem &problem) {
  return imbalance_of_regions(plan, fuse_pixels(problem));
}

} // namespace

constinit const Family quantised_direct_family{
    .algorithm = Algorithm::direct,
    .quantised = true,
    .owns = is_quantised,
    .plans = quantised_direct_plans,
    .cost = cost_of_dots,
    .check = check_dots,
    .imbalance = imbalance_of_regions,
    .follow = follow_dots,
    .scratch = staged_copies,
    .suits = "a general filter window of 8-bit integers",
};

constinit const Family quantised_pointwise_family{
    .algorithm = Algorithm::pointwise,
    .quantised = true,
    .owns = is_quantised,
    .plans = quantised_pointwise_plans,
    .cost = quantised_pointwise_cost,
    .check = check_pointwise_dots,
    .imbalance = pointwise_imbalance_of_dots,
    .scratch = staged_pixels,
    .suits = "1x1 kernel, stride 1, no padding: all pixels in one row of 8-bit integers",
};

} // namespace convforge
