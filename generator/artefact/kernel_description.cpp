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

convforge_weights_source to_c(const WeightsSource &source) {
  convforge_weights_source c{.first = source.first, .c = source.c, .k = source.k, .group = source.group};
  std::ranges::copy(source.tap, c.tap);
  std::ranges::copy(source.phase, c.phase);
  c.phase_columns = source.phase_columns;
  c.phase_channels = source.phase_channels;
  return c;
}

convforge_pack pack_numbers(const Problem &problem, const Pack &pack) {
  convforge_pack numbers = {};
  numbers.layout_id = pack.layout_id;
  numbers.kind = pack.winograd()         ? CONVFORGE_PACK_WINOGRAD
                 : pack.dot.elements > 0 ? CONVFORGE_PACK_DOT
                                         : CONVFORGE_PACK_BLOCKED;
  if (pack.dot.elements > 0) {
    numbers.dot = {.dot = pack.dot.elements,
                   .run_columns = pack.dot.run_columns,
                   .source_zero_point = problem.quantisation.source_zero_point,
                   .offset = pack.dot.offset,
                   .multipliers = multipliers_of(problem)};
  }
  numbers.weights_dtype = dtype_of(problem.types.weights);
  numbers.packed_dtype = dtype_of(pack.type);
  numbers.groups = pack.groups;
  numbers.group_in = pack.group_in;
  numbers.plane_channels = pack.plane_channels;
  numbers.group_out = pack.group_out;
  numbers.region_count = static_cast<std::int32_t>(pack.regions.size());
  numbers.source = to_c(pack.source);
  std::ranges::copy(pack.kernel, numbers.kernel);
  std::ranges::copy(std::array{pack.winograd() ? 1 : 0, pack.outputs_h, pack.outputs_w}, numbers.outputs);
  std::ranges::copy(std::array{1, pack.stride_h, pack.stride_w}, numbers.stride);
  return numbers;
}

PackDescription description_of(const Problem &problem, const Pack &pack) {
  PackDescription description{.layout = pack.layout, .numbers = pack_numbers(problem, pack)};
  if (pack.regions.empty())
    fail("packed weights' regions", "none", "at least one");
  for (const PackRegion &region : pack.regions)
    description.regions.push_back(
        {region.offset, region.first_channel, region.channels, region.lanes, region.tables});
  return description;
}

/// A piece's, in this object and those that follow it.
void lead(PackDescription &from, const PackDescription *next) {
  from.numbers.layout = from.layout.c_str();
  from.numbers.regions = from.regions.data();
  from.numbers.next = next ? &next->numbers : nullptr;
}

convforge_kernel all_numbers(const Artefact &artefact) {
  const Problem &problem = artefact.problem;
  convforge_kernel kernel = {};
  kernel.abi_version = CONVFORGE_ABI_VERSION;
  kernel.cpu_features = artefact.cpu_features();
  kernel.packed_bytes = artefact.pack.bytes;
  kernel.workspace_shared_bytes = artefact.workspace_shared_bytes;
  kernel.workspace_thread_bytes = artefact.workspace_thread_bytes;
  kernel.code_bytes = artefact.code_bytes;
  kernel.multiply_adds = static_cast<std::uint64_t>(problem.multiply_adds());
  kernel.view_count = static_cast<std::int32_t>(artefact.views.size());
  kernel.pooled_rows = artefact.plan.pooled.rows;
  kernel.pooled_columns = artefact.plan.pooled.columns;
  return kernel;
}

} // namespace

KernelDescription::KernelDescription(const Artefact &artefact)
    : name_(artefact.name), problem_(shape_text(artefact.problem)),
      epilogue_(artefact.problem.epilogue.text()), layout_(name_of(artefact.problem.layout)),
      weights_layout_(name_of(artefact.problem.weights_layout)), target_(artefact.target.name),
      algorithm_(name_of(artefact.plan.algorithm)), why_(artefact.plan.why),
      operand_list_(operands(artefact.problem)), numbers_(all_numbers(artefact)) {
  check_kernel_name(name_);
  if (artefact.views.empty() || artefact.views.size() > CONVFORGE_MAX_VIEWS)
    fail("views", std::to_string(artefact.views.size()), "1 to " + std::to_string(CONVFORGE_MAX_VIEWS));
  if (operand_list_.size() > CONVFORGE_MAX_OPERANDS)
    fail("operands", std::to_string(operand_list_.size()),
         "at most " + std::to_string(CONVFORGE_MAX_OPERANDS));
  for (const Operand &operand : operand_list_)
    operands_.push_back(to_c(operand));
  numbers_.operand_count = static_cast<std::int32_t>(operands_.size());
  packs_.push_back(description_of(artefact.problem, artefact.pack));
  for (const Pack &other : artefact.pack.others)
    packs_.push_back(description_of(artefact.problem, other));
  for (std::size_t i = packs_.size(); i-- > 0;)
    lead(packs_[i], i + 1 < packs_.size() ? &packs_[i + 1] : nullptr);
  for (const View &view : artefact.views) {
    if (view.operand < 0 || view.operand >= static_cast<int>(operands_.size()))
      fail("view's operand", std::to_string(view.operand),
           "one of the problem's " + std::to_string(operands_.size()));
    views_.push_back({view.operand, 0, view.offset});
  }
  if (artefact.problem.pads_with() != PaddingMode::zeros)
    padding_mode_ = name_of(artefact.problem.padding_mode);
  pooling_ = text_of(artefact.problem.pooling);
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
  kernel.weights_layout = weights_layout_.c_str();
  kernel.pack = packs_.front().numbers;
  kernel.operands = operands_.data();
  kernel.views = views_.data();
  kernel.function = function;
  kernel.requantisation = requantisation_ ? &*requantisation_ : nullptr;
  kernel.padding_mode = padding_mode_.empty() ? nullptr : padding_mode_.c_str();
  kernel.pooling = pooling_.empty() ? nullptr : pooling_.c_str();
  return kernel;
}

} // namespace convforge
