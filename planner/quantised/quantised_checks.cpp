#include "planner/quantised/quantised_checks.hpp"

#include "plan/dot_runs.hpp"
#include "planner/checks.hpp"
#include "planner/tasks.hpp"

#include <algorithm>

namespace convforge {

bool is_quantised(const Plan &plan, const Problem & /*problem*/) {
  return plan.dot != Dot::none;
}

bool addressable(const std::vector<Scratch> &kept) {
  constexpr std::size_t most = std::size_t{1} << 31;
  return std::ranges::all_of(kept, [](const Scratch &scratch) { return scratch.bytes < most; });
}

void check_quantised(const Plan &plan, const Problem &shape, const Target &target) {
  expect(shape.types.quantised(), "dot", name_of(plan.dot), "none: the problem is not one of 8-bit integers");
  expect(plan.dot == target.dot, "dot", name_of(plan.dot), "the target's, " + name_of(target.dot));
  expect(plan.vector_axis == VectorAxis::channel, "vector_axis", name_of(plan.vector_axis), "channel");
  expect(!plan.lanes_innermost && !plan.two_weight_pointers(), "lanes_innermost", "true",
         "false of 8-bit integers, and one pointer to weights");
  expect(plan.broadcast_lanes == 1 || !plan.channelwise(), "broadcast_lanes",
         std::to_string(plan.broadcast_lanes), "1 of depthwise");
  expect(!plan.fuses_pixels(), "fused_pixels", "true", "false of 8-bit integers");
  expect(plan.window().padded_copy || !dots_need_copy(shape, plan.dot), "padded_copy", "false",
         "true: dot products take the input from a copy");
  check_no_taps_skipped(plan);
  check_task_sizes(plan, shape);
}

} // namespace convforge
