#include "planner/gpu/planner.hpp"

#include "base/error.hpp"
#include "plan/pointwise.hpp"
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/element_types.hpp"
#include "planner/gpu/tiles.hpp"

#include <fmt/format.h>

#include <array>

namespace convforge {

namespace {

constexpr long most_blocks_y = 65535; // of a CUDA grid; x takes 2^31 - 1

/// Kernels for GPUs take dense tensors.
void refuse_strides(const Problem &problem) {
  for (const auto &[flag, value] : stride_flags(problem))
    fail(flag, value, "none: kernels of CUDA targets take dense tensors, no slices of larger ones");
}

void refuse_transposed(const Problem &problem, const Target &target) {
  if (problem.transposed)
    fail("target", std::string(target.name),
         "a CPU's: CUDA targets have no transposed convolution yet (transposed_...)");
}

void refuse_padding_modes(const Problem &problem) {
  if (problem.pads_with() != PaddingMode::zeros)
    fail("padding mode", std::string(name_of(problem.padding_mode)),
         "zeros: kernels of CUDA targets pad with nothing else");
}

/// A family that CUDA targets have, with plans of their own: whether it applies, and why.
struct GpuFamily {
  const Family *family;
  bool (*applies)(const Problem &problem);
  const char *because;
};
/// What applies first is taken.
constexpr std::array<GpuFamily, 3> gpu_families{{
    {&depthwise_family, [](const Problem &problem) { return problem.depthwise(); },
     "one input channel per output channel"},
    {&pointwise_family, is_pointwise, "1x1 kernel, stride 1, no padding"},
    {&direct_family, [](const Problem &) { return true; }, "implicit matrix product over the window"},
}};

const GpuFamily &choose_family(const Problem &problem, const std::string &wanted) {
  std::string families = "auto";
  for (const GpuFamily &row : gpu_families) {
    const std::string name = name_of(row.family->algorithm);
    if ((wanted == "auto" || wanted == name) && row.applies(problem))
      return row;
    families += fmt::format(", {} (needs {})", name, row.family->needs(problem));
  }
  fail("algorithm", wanted, "one that CUDA targets have and this problem allows: " + families);
}

/// The most that a launch and an index of 32 bits take.
void check_limits(const Problem &shape, const GpuPlan &plan) {
  const bool depthwise = plan.channelwise();
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

std::string explain_choice(const Problem &shape, const GpuPlan &plan, const char *because) {
  std::string why =
      fmt::format("{} ({}); {} blocks of {} threads, {} pixels x {} channels a block, {} x {} a thread",
                  name_of(plan.algorithm), because, grid_of(shape, plan).blocks(), plan.threads(),
                  plan.tile_pixels, plan.tile_channels, plan.thread_pixels, plan.thread_channels);
  if (plan.chunk > 0)
    why += fmt::format(", {} taps at a time in shared memory", plan.chunk);
  return why;
}

} // namespace

GpuPlan make_gpu_plan(const Problem &problem, const Target &target, const std::string &algorithm) {
  problem.validate();
  refuse_strides(problem);
  refuse_transposed(problem, target);
  refuse_padding_modes(problem);
  if (problem.pools())
    fail("pooling", text_of(problem.pooling), fmt::format("none on {}: pool behind it", target.name));
  if (problem.has_depth()) {
    fail("target", std::string(target.name),
         "a CPU's: CUDA targets have no 3-D convolution yet (id, od, kd, ...)");
  }
  check_types(problem, target);
  GpuPlan plan;
  const GpuFamily &row = choose_family(problem, algorithm);
  plan.algorithm = row.family->algorithm;
  const Problem shape = shape_of(problem, plan.algorithm);
  if (plan.channelwise())
    choose_depthwise_tile(plan, shape);
  else
    choose_matrix_tile(plan, shape, gpu_machine(target));
  check_limits(shape, plan);
  plan.why = explain_choice(shape, plan, row.because);
  return plan;
}

} // namespace convforge
