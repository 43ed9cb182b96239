#include "artefact/kernel_description.hpp"

#include "artefact/kernel_name.hpp"
#include "base/error.hpp"
#include "problem/dtype.hpp"

#include <algorithm>
#include <array>

namespace convforge {
namespace {

static_assert(static_cast<int>(Role::output) == CONVFORGE_OUTPUT &&
                  static_cast<int>(Role::packed) == CONVFORGE_PACKED,
              "roles have one order");

/// Its name points into `operand`.
convforge_operand to_c(const Operand &operand) {
  convforge_operand c = {};
  c.name = operand.name.c_str();
  c.role = static_cast<std::int32_t>(operand.role);
  c.dtype = dtype_of(operand.type);
  c.rank = static_cast<std::int32_t>(operand.shape.size());
  std::ranges::copy(operand.shape, c.shape);
  std::ranges::copy(operand.strides, c.strides);
  c.bytes = operand.bytes();
  return c;
}

// Without its label, which must not change what is generated.
std::string shape_text(Problem problem) {
  problem.name.clear();
  return problem.descriptor();
}

std::int32_t multipliers_of(const Problem &problem) {
  if (problem.types.destination == ElementType::s32)
    return CONVFORGE_MULTIPLIERS_NONE;
  return problem.quantisation.rounding == Rounding::onnx ? CONVFORGE_MULTIPLIERS_FLOAT
                                                         : CONVFORGE_MULTIPLIERS_FIXED;
}

/// Of 8-bit results.
convforge_requantisation requantisation_of(const Problem &problem) {
  static_assert(static_cast<int>(Rounding::tflite_single) == CONVFORGE_ROUND_TFLITE_SINGLE &&
                    static_cast<int>(Rounding::onnx) == CONVFORGE_ROUND_ONNX,
                "runtime/include/convforge/quantise.h has the same rules in the same order");
  const Steps steps = steps_of_output(problem);
  convforge_requantisation how{.rounding = static_cast<std::int32_t>(problem.quantisation.rounding),
                               .zero_point = problem.quantisation.destination_zero_point,
                               .low = steps.low,
                               .high = steps.high};
  for (const EpilogueOp &op : problem.epilogue.ops())
    if (op.kind == EpilogueOp::Kind::residual) {
      how.residual_factor = op.factor;
      how.residual_zero_point = static_cast<std::int32_t>(op.summand);
    }
  return how;
}

convforge_pack pack_numbers(const Artefact &artefact) {
  const Pack &pack = artefact.pack;
  convforge_pack numbers = {};
  numbers.layout_id = pack.layout_id;
  numbers.kind = pack.winograd()         ? CONVFORGE_PACK_WINOGRAD
                 : pack.dot.elements > 0 ? CONVFORGE_PACK_DOT
                                         : CONVFORGE_PACK_BLOCKED;
  if (pack.dot.elements > 0) {
    numbers.dot = {.dot = pack.dot.elements,
                   .run_columns = pack.dot.run_columns,
                   .source_zero_point = artefact.problem.quantisation.source_zero_point,
                   .offset = pack.dot.offset,
                   .multipliers = multipliers_of(artefact.problem)};
  }
  numbers.weights_oihw = artefact.problem.weights_layout == WeightsLayout::oihw;
  numbers.weights_dtype = dtype_of(artefact.problem.types.weights);
  numbers.packed_dtype = dtype_of(pack.type);
  numbers.groups = pack.groups;
  numbers.group_in = pack.group_in;
  numbers.group_out = pack.group_out;
  numbers.region_count = static_cast<std::int32_t>(pack.regions.size());
  std::ranges::copy(pack.kernel, numbers.kernel);
  std::ranges::copy(std::array{pack.winograd() ? 1 : 0, pack.outputs_h, pack.outputs_w}, numbers.outputs);
  std::ranges::copy(std::array{1, pack.stride_h, pack.stride_w}, numbers.stride);
  return numbers;
}

convforge_kernel all_numbers(const Artefact &artefact) {
  const Problem &problem = artefact.problem;
  convforge_kernel kernel = {};
  kernel.abi_version = CONVFORGE_ABI_VERSION;
  kernel.cpu_features = artefact.cpu_features();
  kernel.pack = pack_numbers(artefact);
  kernel.packed_bytes = artefact.pack.bytes;
  kernel.workspace_shared_bytes = artefact.workspace_shared_bytes;
  kernel.workspace_thread_bytes = artefact.workspace_thread_bytes;
  kernel.code_bytes = artefact.code_bytes;
  kernel.multiply_adds = static_cast<std::uint64_t>(problem.multiply_adds());
  kernel.view_count = static_cast<std::int32_t>(artefact.views.size());
  return kernel;
}

} // namespace

KernelDescription::KernelDescription(const Artefact &artefact)
    : name_(artefact.name), problem_(shape_text(artefact.problem)),
      epilogue_(artefact.problem.epilogue.text()), layout_(name_of(artefact.problem.layout)),
      target_(artefact.target.name), algorithm_(name_of(artefact.plan.algorithm)), why_(artefact.plan.why),
      pack_layout_(artefact.pack.layout), operand_list_(operands(artefact.problem)),
      numbers_(all_numbers(artefact)) {
  check_kernel_name(name_);
  if (artefact.views.empty() || artefact.views.size() > CONVFORGE_MAX_VIEWS)
    fail("views", std::to_string(artefact.views.size()), "1 to " + std::to_string(CONVFORGE_MAX_VIEWS));
  if (artefact.pack.regions.empty())
    fail("packed weights' regions", "none", "at least one");
  if (operand_list_.size() > CONVFORGE_MAX_OPERANDS)
    fail("operands", std::to_string(operand_list_.size()),
         "at most " + std::to_string(CONVFORGE_MAX_OPERANDS));
  for (const Operand &operand : operand_list_)
    operands_.push_back(to_c(operand));
  numbers_.operand_count = static_cast<std::int32_t>(operands_.size());
  for (const PackRegion &region : artefact.pack.regions)
    regions_.push_back({region.offset, region.first_channel, region.channels, region.lanes, region.tables});
  for (const View &view : artefact.views) {
    if (view.operand < 0 || view.operand >= static_cast<int>(operands_.size()))
      fail("view's operand", std::to_string(view.operand),
           "one of the problem's " + std::to_string(operands_.size()));
    views_.push_back({view.operand, 0, view.offset});
  }
  if (artefact.problem.pads_with() != PaddingMode::zeros)
    padding_mode_ = name_of(artefact.problem.padding_mode);
  if (artefact.problem.types.requantises())
    requantisation_ = requantisation_of(artefact.problem);
}

convforge_kernel KernelDescription::materialise(convforge_function function) const {
  convforge_kernel kernel = numbers_;
  kernel.name = name_.c_str();
  kernel.problem = problem_.c_str();
  kernel.epilogue = epilogue_.c_str();
  kernel.layout = layout_.c_str();
  kernel.target = target_.c_str();
  kernel.algorithm = algorithm_.c_str();
  kernel.why = why_.c_str();
  kernel.pack.layout = pack_layout_.c_str();
  kernel.pack.regions = regions_.data();
  kernel.operands = operands_.data();
  kernel.views = views_.data();
  kernel.function = function;
  kernel.requantisation = requantisation_ ? &*requantisation_ : nullptr;
  kernel.padding_mode = padding_mode_.empty() ? nullptr : padding_mode_.c_str();
  return kernel;
}

} // namespace convforge
