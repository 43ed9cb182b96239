#include "planner/gpu/planner.hpp"

#include "base/error.hpp"
#include "plan/pointwise.hpp"
#include "planner/element_types.hpp"
#include "planner/gpu/tiles.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

constexpr long most_blocks_y = 65535; // of a CUDA grid; x takes 2^31 - 1

/// Kernels for GPUs take dense tensors.
void refuse_strides(const Problem &problem) {
  for (const auto &[flag, value] : stride_flags(problem)) {
    fail(flag, value, "none: kernels of CUDA targets take dense tensors, no slices of larger ones");
  }
}

Algorithm choose_algorithm(const Problem &problem, const std::string &wanted) {
  if (wanted == "auto") {
    return problem.depthwise()     ? Algorithm::depthwise
           : is_pointwise(problem) ? Algorithm::pointwise
                                   : Algorithm::direct;
  }
  if (wanted == "direct") {
    return Algorithm::direct;
  }
  if (wanted == "pointwise" && is_pointwise(problem)) {
    return Algorithm::pointwise;
  }
  if (wanted == "depthwise" && problem.depthwise()) {
    return Algorithm::depthwise;
  }
  fail("algorithm", wanted,
       "one that CUDA targets have and this problem allows: auto, direct, pointwise (1x1, stride 1, no "
       "padding) "
       "or depthwise (as many groups as input channels, and more than one)");
}

/// The most that a launch and an index of 32 bits take.
void check_limits(const Problem &shape, const GpuPlan &plan) {
  const bool depthwise = plan.algorithm == Algorithm::depthwise;
  const GpuGrid grid = grid_of(shape, plan);
  if (grid.channels > most_blocks_y || grid.rest > most_blocks_y) {
    fail(grid.channels > most_blocks_y ? "oc"
         : depthwise                   ? "mb * oh"
                                       : "mb * g",
         std::to_string(grid.channels > most_blocks_y ? shape.out_channels : grid.rest),
         fmt::format("at most {} blocks along it for this target: CUDA grids have no more in y and z; split "
                     "the problem",
                     most_blocks_y));
  }
  const double tiles =
      static_cast<double>(grid.channels) * plan.tile_channels * (depthwise ? 1 : shape.groups);
  const double taps = depthwise ? shape.height().kernel * shape.width().kernel : taps_of(shape);
  if (tiles * taps >= 2147483648.0) {
    fail("weights",
         fmt::format("{:.15g} elements with channels in tiles of {}", tiles * taps, plan.tile_channels),
         "fewer than 2147483648 elements for this target; split the problem along ic");
  }
}

std::string explain_choice(const Problem &shape, const GpuPlan &plan) {
  const char *because = plan.algorithm == Algorithm::depthwise   ? "one input channel per output channel"
                        : plan.algorithm == Algorithm::pointwise ? "1x1 kernel, stride 1, no padding"
                                                                 : "implicit matrix product over the window";
  std::string why =
      fmt::format("{} ({}); {} blocks of {} threads, {} pixels x {} channels a block, {} x {} a thread",
                  name_of(plan.algorithm), because, grid_of(shape, plan).blocks(), plan.threads(),
                  plan.tile_pixels, plan.tile_channels, plan.thread_pixels, plan.thread_channels);
  if (plan.chunk > 0) {
    why += fmt::format(", {} taps at a time in shared memory", plan.chunk);
  }
  return why;
}

} // namespace

GpuPlan make_gpu_plan(const Problem &problem, const Target &target, const std::string &algorithm) {
  problem.validate();
  refuse_strides(problem);
  if (problem.has_depth()) {
    fail("target", std::string(target.name),
         "a CPU's: CUDA targets have no 3-D convolution yet (id, od, kd, ...)");
  }
  check_types(problem, target);
  GpuPlan plan;
  plan.algorithm = choose_algorithm(problem, algorithm);
  const Problem shape = shape_of(problem, plan);
  if (plan.algorithm == Algorithm::depthwise) {
    choose_depthwise_tile(plan, shape);
  } else {
    choose_matrix_tile(plan, shape, gpu_machine(target));
  }
  check_limits(shape, plan);
  plan.why = explain_choice(shape, plan);
  return plan;
}

} // namespace convforge
