#include "gpu/gpu_planner.hpp"

#include "algorithms/pointwise.hpp"
#include "error.hpp"
#include "gpu/tiles.hpp"
#include "planner.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

constexpr long most_blocks_y = 65535; // of a CUDA grid; x takes 2^31 - 1

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

void check_grid(const Problem &shape, const GpuPlan &plan) {
  const GpuGrid grid = grid_of(shape, plan);
  if (grid.channels > most_blocks_y || grid.rest > most_blocks_y) {
    fail("mb * g", std::to_string(grid.rest),
         fmt::format("at most {} for this target: CUDA grids have no more blocks in y and z", most_blocks_y));
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
  GpuPlan plan;
  plan.algorithm = choose_algorithm(problem, algorithm);
  const Problem shape = shape_of(problem, plan);
  if (plan.algorithm == Algorithm::depthwise) {
    choose_depthwise_tile(plan, shape);
  } else {
    choose_matrix_tile(plan, shape, gpu_machine(target));
  }
  check_grid(shape, plan);
  plan.why = explain_choice(shape, plan);
  return plan;
}

} // namespace convforge
