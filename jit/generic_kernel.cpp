#include "generic_kernel.hpp"

#include "artefact/kernel_description.hpp"
#include "compiler.hpp"
#include "convforge/generic.h"
#include "convforge/quantise.h"
#include "problem/operand.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// Blocks are one channel: weights packed as [group][k][t][r][s][c].
PackForm form_of(const Problem &problem) {
  PackForm form{.type = problem.types.weights, .regions = {{.channels = problem.group_out(), .lanes = 1}}};
  if (problem.types.quantised())
    form.dot = {.elements = 1};
  return form;
}

Artefact generic_artefact(const Problem &problem, const Target &target, const std::string &why) {
  problem.validate();
  Artefact artefact{
      .name = jit_kernel_name, .symbol = "convforge_generic_function", .problem = problem, .target = target};
  artefact.plan.why = why;
  artefact.pack = pack_layout(problem, form_of(problem));
  const std::vector<Operand> list = operands(problem);
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].role != Role::packed)
      artefact.views.push_back(
          {static_cast<int>(i), i == weights_operand ? CONVFORGE_PACK_HEADER_BYTES : std::size_t{0}});
  return artefact;
}

convforge_axis to_c(const Axis &axis) {
  return {axis.input, axis.output, axis.kernel, axis.stride, axis.dilation, axis.pad_begin};
}

/// What is left to do with a sum: what is packed is part of it, and the steps of 8-bit results have limits.
std::vector<convforge_op> ops_of(const Problem &problem) {
  std::vector<convforge_op> ops;
  if (problem.types.requantises())
    return ops;
  auto next = static_cast<std::int32_t>(first_epilogue_operand(problem));
  for (const EpilogueOp &op : problem.epilogue.ops()) {
    const bool takes = tensor_of_call(problem, op.kind).has_value();
    if (tensor_of(op.kind) && !takes)
      continue;
    const bool affine = op.kind == EpilogueOp::Kind::affine;
    ops.push_back({static_cast<std::int32_t>(arithmetic_of(op.kind)), takes ? next++ : -1,
                   static_cast<std::int32_t>(op.activation.kind), affine ? op.factor : op.activation.a,
                   affine ? op.summand : op.activation.b});
  }
  return ops;
}

struct Generic {
  explicit Generic(const Problem &problem, const Target &target, const std::string &why)
      : description(generic_artefact(problem, target, why)), ops(ops_of(problem)) {
    generic.kernel = description.materialise(convforge_generic_function);
    generic.kernel.algorithm = "generic";
    generic.kernel.cpu_features = 0;
    generic.batch = problem.batch, generic.groups = problem.groups;
    generic.group_in = problem.group_in(), generic.group_out = problem.group_out();
    std::ranges::transform(problem.axes, generic.axes, [](const Axis &axis) { return to_c(axis); });
    generic.padding_mode = static_cast<std::int32_t>(problem.padding_mode);
    generic.nchw = problem.layout == Layout::nchw;
    generic.transposed = problem.transposed;
    generic.pooling = static_cast<std::int32_t>(problem.pooling.kind);
    std::ranges::transform(problem.pooling.axes, generic.pooled, [](const Axis &axis) { return to_c(axis); });
    generic.op_count = static_cast<std::int32_t>(ops.size());
    generic.ops = ops.data();
    const convforge_requantisation *how = generic.kernel.requantisation;
    generic.residual =
        how && how->residual_factor != 0 ? static_cast<std::int32_t>(first_epilogue_operand(problem)) : -1;
  }
  KernelDescription description;
  std::vector<convforge_op> ops;
  convforge_generic generic = {};
};

} // namespace

std::shared_ptr<const convforge_kernel> generic_kernel(const Problem &problem, const Target &target,
                                                       const std::string &why) {
  const auto owner = std::make_shared<const Generic>(problem, target, why);
  return {owner, &owner->generic.kernel};
}

} // namespace convforge
