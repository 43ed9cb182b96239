#include "generic_kernel.hpp"

#include "artefact/kernel_description.hpp"
#include "compiler.hpp"
#include "convforge/generic.h"

namespace convforge {

namespace {

static_assert(activation_count == CONVFORGE_ACTIVATION_COUNT,
              "runtime/include/convforge/generic.h has the same activations");
static_assert(static_cast<int>(ActivationKind::mish) == CONVFORGE_MISH, "both lists have one order");

/// Blocks are one channel: weights packed as [group][k][r][s][c].
Artefact generic_artefact(const Problem &problem, const Target &target, const std::string &why) {
  problem.validate();
  Artefact artefact{
      .name = jit_kernel_name, .symbol = "convforge_generic_function", .problem = problem, .target = target};
  artefact.plan.why = why;
  artefact.pack = pack_layout(problem, PackForm{.regions = {{.channels = problem.group_out(), .lanes = 1}}});
  artefact.views = {{CONVFORGE_INPUT, 0}, {CONVFORGE_PACKED_WEIGHTS, CONVFORGE_PACK_HEADER_BYTES}};
  if (problem.epilogue.has_bias())
    artefact.views.push_back({CONVFORGE_BIAS, 0});
  if (problem.epilogue.has_residual())
    artefact.views.push_back({CONVFORGE_RESIDUAL, 0});
  artefact.views.push_back({CONVFORGE_OUTPUT, 0});
  return artefact;
}

convforge_axis to_c(const Axis &axis) {
  return {axis.input, axis.output, axis.kernel, axis.stride, axis.dilation, axis.pad_begin};
}

convforge_op to_c(const EpilogueOp &op) {
  const auto kind = op.kind == EpilogueOp::Kind::bias       ? CONVFORGE_OP_BIAS
                    : op.kind == EpilogueOp::Kind::residual ? CONVFORGE_OP_RESIDUAL
                                                            : CONVFORGE_OP_ACTIVATION;
  return {kind, static_cast<std::int32_t>(op.activation.kind), op.activation.a, op.activation.b};
}

struct Generic {
  explicit Generic(const Problem &problem, const Target &target, const std::string &why)
      : description(generic_artefact(problem, target, why)) {
    generic.kernel = description.materialise(convforge_generic_function);
    generic.kernel.algorithm = "generic";
    generic.kernel.cpu_features = 0;
    generic.batch = problem.batch, generic.groups = problem.groups;
    generic.group_in = problem.group_in(), generic.group_out = problem.group_out();
    generic.height = to_c(problem.height()), generic.width = to_c(problem.width());
    generic.nchw = problem.layout == Layout::nchw;
    for (const EpilogueOp &op : problem.epilogue.ops())
      generic.ops[generic.op_count++] = to_c(op);
  }
  KernelDescription description;
  convforge_generic generic = {};
};

} // namespace

std::shared_ptr<const convforge_kernel> generic_kernel(const Problem &problem, const Target &target,
                                                       const std::string &why) {
  const auto owner = std::make_shared<const Generic>(problem, target, why);
  return {owner, &owner->generic.kernel};
}

} // namespace convforge
