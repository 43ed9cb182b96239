#include "planner/quantised/beside_floats.hpp"

#include "base/error.hpp"
#include "planner/planner.hpp"
#include "planner/rearranged_plans.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// An operation's text without the numbers that 8-bit elements need.
std::string operation_in_floats(const std::string &operation) {
  std::string name = operation.substr(0, operation.find(':'));
  if (name == name_of(EpilogueOp::Kind::residual))
    return name;
  if (name == name_of(EpilogueOp::Kind::clamp))
    return std::string(name_of(ActivationKind::clip)) + operation.substr(name.size());
  return operation;
}

Epilogue epilogue_in_floats(const Epilogue &epilogue) {
  std::string floats;
  const std::string text = epilogue.text();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    floats += (floats.empty() ? "" : ",") + operation_in_floats(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return Epilogue::parse(floats);
}

} // namespace

Problem in_floats(const Problem &quantised) {
  Problem problem = quantised;
  problem.types = {};
  problem.quantisation = {};
  problem.epilogue = epilogue_in_floats(quantised.epilogue);
  return problem;
}

const Target &float_target(const Target &target) {
  const auto serves = [&](const Target &other) {
    return has_kernels(other, {}) && (other.cpu_features & ~target.cpu_features) == 0;
  };
  const auto found = std::ranges::find_if(all_targets(), serves); // best first
  return found == all_targets().end() ? target : *found;
}

std::optional<FloatKernel> float_kernel(const Plan &plan, const Problem &problem, const Target &target,
                                        const Machine &machine) {
  const Problem floats = in_floats(problem);
  const Target &other = float_target(target);
  try {
    const Plan float_plan = make_plan(floats, other, {.machine = machine});
    FloatKernel kernel{std::string(other.name), float_plan.algorithm, {}};
    for (const Machine &one : machine.is_any() ? machines_of(target) : std::vector{machine})
      kernel.times.push_back({one.name, cost_of(plan, problem, Platform(target, one)).total(),
                              cost_of(float_plan, floats, Platform(other, one)).total()});
    return kernel;
  } catch (const Error &) {
    return {};
  }
}

} // namespace convforge
