#include "planner/quantised/quantised_checks.hpp"

#include "plan/dot_runs.hpp"
#include "planner/checks.hpp"
#include "planner/tasks.hpp"

namespace convforge {

bool is_quantised(const Plan &plan, const Problem & /*problem*/) {
  return plan.dot != Dot::none;
}

void check_quantised(const Plan &plan, const Problem &shape, const Target &target) {
  expect(shape.types.quantised(), "dot", name_of(plan.dot), "none: the problem is not one of 8-bit integers");
  expect(plan.dot == target.dot, "dot", name_of(plan.dot), "the target's, " + name_of(target.dot));
  expect(plan.vector_axis != VectorAxis::width, "vector_axis", name_of(plan.vector_axis),
         "channel or input_channel");
  expect(!plan.lanes_innermost && !plan.two_weight_pointers(), "lanes_innermost", "true",
         "false of 8-bit integers, and one pointer to weights");
  expect(plan.broadcast_lanes == 1 || (!plan.channelwise() && plan.vector_axis == VectorAxis::channel),
         "broadcast_lanes", std::to_string(plan.broadcast_lanes), "1 of depthwise and of sums of lanes");
  expect(!plan.fuses_pixels(), "fused_pixels", "true", "false of 8-bit integers");
  const bool reads_none = plan.window().skip_columns || pads_in_registers(plan); // of the padding
  expect(plan.window().padded_copy || !dots_need_copy(shape, plan.dot) || reads_none, "padded_copy", "false",
         "true: dot products take the input from a copy");
  expect(!plan.window().taps_innermost, "taps_innermost", "true", "false of 8-bit integers");
  check_task_sizes(plan, shape);
}

} // namespace convforge
