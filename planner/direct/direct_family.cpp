#include "planner/direct/direct_family.hpp"

#include "plan/pointwise.hpp"
#include "planner/checks.hpp"
#include "planner/sharing.hpp"
#include "planner/tasks.hpp"

#include <fmt/format.h>

#include <numeric>
#include <utility>

namespace convforge {

namespace {

/// Direct and pointwise: what is left out of the sum, and the order of its taps.
void check_direct_taps(const Plan &plan, const Problem &shape, const Target &target) {
  const bool along_channels = plan.vector_axis == VectorAxis::channel;
  // Targets that load scalars by vectors of them (schedules/arm.cpp) take every tap, in the sum's order.
  const bool lone_scalars = along_channels && target.broadcast_lanes == 1;
  for (const auto &[field, value] :
       {std::pair("skip_rows", plan.window().skip_rows), {"skip_columns", plan.window().skip_columns}}) {
    expect(!value || (lone_scalars && !plan.window().padded_copy), field, "true",
           "false, or vectors along output channels, no copy and a target that loads scalars one by one");
  }
  expect(!plan.window().skip_rows || shape.height().kernel > 1, "skip_rows", "true",
         "false where the kernel has one row: no loop over rows leaves any out");
  for (const Region &region : plan.regions) {
    expect(!plan.window().skip_rows || region.tile_h == 1, "tile_h", std::to_string(region.tile_h),
           "1 where kernel rows are left out");
  }
  expect(!plan.window().skip_columns || plan.window().unroll_s, "skip_columns", "true", "false, or unroll_s");
  expect(!plan.window().taps_innermost || (lone_scalars && plan.window().unroll_s), "taps_innermost", "true",
         "false, or unroll_s, vectors along output channels and a target that loads scalars one by one");
  for (const Region &region : plan.regions) {
    const bool must = must_unroll_tiles(plan, region, shape);
    expect(region.unroll_tiles == must, "unroll_tiles", must ? "false" : "true",
           must ? "true: Halide sets no tile of so few apart" : "false");
  }
  // Which of the two a vector takes is a constant only where an even number of channels is written out.
  expect(!plan.two_weight_pointers() || (along_channels && plan.broadcast_lanes > 1), "two_weight_pointers",
         "true", "false, or vectors along output channels and loads of several input channels");
}

/// `shape` is the problem the loops run over.
void check_loops(const Plan &plan, const Problem &shape, const Target &target) {
  const bool nhwc = shape.layout == Layout::nhwc;
  const bool by_lanes = plan.vector_axis == VectorAxis::input_channel && nhwc &&
                        target.broadcast_lanes == 1; // ARM has no schedule for them
  expect(by_lanes || plan.vector_axis == (nhwc ? VectorAxis::channel : VectorAxis::width), "vector_axis",
         name_of(plan.vector_axis), fmt::format("what layout {} takes", name_of(shape.layout)));
  check_regions(plan, shape, target, false);
  check_direct_taps(plan, shape, target);
  check_copy(plan, shape, false);
  expect(!by_lanes || plan.parallel != ParallelAxis::channels, "parallel", name_of(plan.parallel),
         "pixels or none: a tile holds all channels of a region");
  check_task_sizes(plan, shape);
  const int channels = shape.group_in() / (by_lanes ? plan.regions.front().lanes : 1);
  check_channels_of_loop(plan, channels,
                         nhwc ? std::gcd(target.broadcast_lanes, channels) : target.broadcast_lanes);
}

void check_pointwise(const Plan &plan, const Problem &problem, const Target &target) {
  expect(is_pointwise(problem), "algorithm", "pointwise", "one that computes " + problem.canonical());
  check_loops(plan, fuse_pixels(problem), target);
}

Cost pointwise_cost(const Plan &plan, const Problem &problem, const Platform &platform) {
  return cost_of_loops(plan, fuse_pixels(problem), platform);
}

double pointwise_imbalance(const Plan &plan, const Problem &problem) {
  return imbalance_of_regions(plan, fuse_pixels(problem));
}

void follow_direct(Plan &plan, const Problem &problem, const Target & /*target*/) {
  for (Region &region : plan.regions)
    region.unroll_tiles = region.tile_w > 0 && must_unroll_tiles(plan, region, problem);
}

} // namespace

constinit const Family direct_family{
    .algorithm = Algorithm::direct,
    .plans = direct_plans,
    .cost = cost_of_loops,
    .check = check_loops,
    .imbalance = imbalance_of_regions,
    .follow = follow_direct,
    .scratch = padded_copies,
    .suits = "a general filter window",
    .needs = [](const Problem &) { return std::string("nothing"); },
};

constinit const Family pointwise_family{
    .algorithm = Algorithm::pointwise,
    .plans = pointwise_plans,
    .cost = pointwise_cost,
    .check = check_pointwise,
    .imbalance = pointwise_imbalance,
    .scratch = converted_pixels,
    .suits = "1x1 kernel, stride 1, no padding: all pixels in one row",
    .needs = [](const Problem &) { return std::string("a 1x1 kernel, stride 1 and no padding"); },
};

} // namespace convforge
