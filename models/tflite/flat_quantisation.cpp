#include "models/tflite/flat_quantisation.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace convforge::models::tflite {
namespace {

constexpr std::int64_t far_beyond_8_bits = 1 << 20;

bool is_integer_of_8_bits(DataType type) {
  return type == DataType::s8 || type == DataType::u8;
}

const Scale &scale_of(const Tensor &tensor, const char *name) {
  if (!tensor.scale)
    fail(name, fmt::format("{} without a scale", name_of(tensor.type)),
         "integers whose quantization says a scale");
  return *tensor.scale;
}

const Scale &single_scale(const Tensor &tensor, const char *name) {
  const Scale &scale = scale_of(tensor, name);
  check_single(scale, name);
  return scale;
}

void expect_type(const Tensor &tensor, DataType type, const char *name) {
  if (tensor.type != type)
    fail(name, std::string(name_of(tensor.type)), std::string(name_of(type)));
}

/// A kernel's activations are limits: TANH is none.
void check_activation(const FlatOperator &op) {
  const Epilogue activation = fused_activation(op);
  for (const EpilogueOp &each : activation.ops())
    if (each.activation.kind == ActivationKind::tanh)
      fail("fused_activation_function", "TANH",
           "RELU, RELU6, RELU_N1_TO_1 or none where 8-bit integers are stored");
}

std::size_t channel_axis(const Problem &problem, const Tensor &weights) {
  return problem.weights_layout == WeightsLayout::ohwi ? 0 : weights.sizes().size() - 1;
}

/// Those of every tensor that has any; empty: none has.
std::vector<const Scale *> scales_of(const FlatOperator &op) {
  std::vector<const Scale *> scales;
  for (const Tensor *input : op.inputs)
    if (input && input->scale)
      scales.push_back(&*input->scale);
  if (op.output && op.output->scale)
    scales.push_back(&*op.output->scale);
  return scales;
}

/// Do all data tensors stand for the same numbers, so that what compares elements compares these?
bool all_equal(const FlatOperator &op) {
  if (!op.output || !op.output->scale || op.output->scale->by_axis())
    return false;
  return std::ranges::all_of(op.inputs, [&](const Tensor *input) {
    return !input || !is_integer_of_8_bits(input->type) ||
           (input->type == op.output->type && input->scale == op.output->scale);
  });
}

bool limits_only(const Elementwise &elementwise) {
  return std::ranges::all_of(elementwise.steps.ops(), [](const EpilogueOp &op) {
    return op.kind == EpilogueOp::Kind::activation &&
           (op.activation.kind == ActivationKind::relu || op.activation.kind == ActivationKind::relu6 ||
            op.activation.kind == ActivationKind::clip);
  });
}

/// Is the word true of bytes, whatever numbers they stand for?
struct MovesElements {
  template <typename Other>
  bool operator()(const Other &) const {
    return false;
  }
  bool operator()(const Split &) const { return true; }
  bool operator()(const Slice &) const { return true; }
  bool operator()(const Transposition &) const { return true; }
  bool operator()(const Reshape &) const { return true; }
  bool operator()(const DepthToSpace &) const { return true; }
  bool operator()(const Expansion &) const { return true; }
  bool operator()(const Resampling &resampling) const {
    return std::ranges::all_of(resampling.axes, [](const auto &axis) { return axis.weight.empty(); });
  }
};
/// Or of elements with the same scale?
struct ComparesElements {
  template <typename Other>
  bool operator()(const Other &) const {
    return false;
  }
  bool operator()(const Elementwise &elementwise) const { return limits_only(elementwise); }
  bool operator()(const WindowPooling &pooling) const { return pooling.kind == WindowPooling::Kind::maximum; }
  bool operator()(const Concatenation &) const { return true; }
  bool operator()(const Pad &) const { return true; }
};

/// Of 8-bit integers whose one scale a call can be made for: a finite number above 0, a zero point among
/// them. Else null.
const Scale *one_scale(const Tensor *tensor) {
  if (!tensor || !is_integer_of_8_bits(tensor->type) || !tensor->scale || tensor->scale->by_axis())
    return nullptr;
  const Scale &scale = *tensor->scale;
  const int low = tensor->type == DataType::u8 ? 0 : -128, zero = scale.zero_points[0];
  const bool fits = std::isfinite(scale.scales[0]) && scale.scales[0] > 0 && zero >= low && zero <= low + 255;
  return fits ? &scale : nullptr;
}

Operation quantize(const FlatOperator &op) {
  const Tensor *from = op.input(0), *to = op.output;
  if (from && to && from->type == DataType::f32 && to->scale && !to->scale->by_axis())
    return Quantize{*to->scale, Quantize::Ties::away};
  if (const Scale *before = one_scale(from), *after = one_scale(to); before && after)
    return Requantize{*before, *after, {}};
  return OtherOperation{"types: from integers to others"};
}

/// Is of three tensors of one type.
Operation quantised_arithmetic(const FlatOperator &op, QuantisedArithmetic::Kind kind) {
  const Tensor *left = op.input(0), *right = op.input(1);
  const Scale *a = one_scale(left), *b = one_scale(right), *result = one_scale(op.output);
  if (!a || !b || !result || left->type != op.output->type || right->type != op.output->type)
    return OtherOperation{"types: integers of other types, or of several scales"};
  if (kind == QuantisedArithmetic::Kind::multiply) {
    if (!(a->scales[0] * b->scales[0] / result->scales[0] < 0x1p10F))
      return OtherOperation{"scales: products in steps beyond a thousand of the result's"};
  } else if (2 * std::max(a->scales[0], b->scales[0]) >= 0x1p20F * result->scales[0]) {
    return OtherOperation{"scales: summands of steps beyond a million of the sum's"};
  }
  return QuantisedArithmetic{kind, *a, *b, *result, Rounding::tflite};
}

/// None: of other words.
std::optional<QuantisedArithmetic::Kind> quantised_kind(const Operation &operation) {
  const auto *arithmetic = std::get_if<Arithmetic>(&operation);
  if (!arithmetic)
    return std::nullopt;
  switch (arithmetic->kind) {
  case Arithmetic::Kind::add:
    return QuantisedArithmetic::Kind::add;
  case Arithmetic::Kind::subtract:
    return QuantisedArithmetic::Kind::subtract;
  case Arithmetic::Kind::multiply:
    return QuantisedArithmetic::Kind::multiply;
  default:
    return std::nullopt;
  }
}

Operation dequantize(const FlatOperator &op) {
  const Tensor *from = op.input(0), *to = op.output;
  if (from && to && from->scale && !from->scale->by_axis() && to->type == DataType::f32)
    return Dequantize{*from->scale};
  return OtherOperation{};
}

/// What is around the data is the real number 0 unless PADV2 says another element.
Operation real_padding(Pad pad, const FlatOperator &op) {
  if (op.input(2))
    pad.value = (pad.value - op.output->scale->zero_points[0]) * op.output->scale->scales[0];
  return pad;
}

} // namespace

std::optional<Scale> read_scale(const FlatTable &table, const Tensor &tensor, ConstantBudget &budget) {
  const auto quantization = table.table(tflite::tensor::quantization);
  if (!quantization || !is_integer_of_8_bits(tensor.type))
    return std::nullopt;
  Scale scale{quantization->numbers<float>(quantization::scale), {}, 0};
  const std::vector<std::int64_t> zero_points = quantization->numbers<std::int64_t>(quantization::zero_point);
  if (scale.scales.empty())
    return std::nullopt;
  budget.take(scale.scales.size() * (sizeof(float) + sizeof(std::int32_t)));
  if (zero_points.size() > 1 && zero_points.size() != scale.scales.size())
    return std::nullopt;
  for (std::size_t i = 0; i < scale.scales.size(); ++i) {
    const std::int64_t zero = zero_points.empty() ? 0 : zero_points[zero_points.size() > 1 ? i : 0];
    scale.zero_points.push_back(static_cast<std::int32_t>(std::clamp<std::int64_t>(
        zero, -far_beyond_8_bits, far_beyond_8_bits))); // is refused where it is used
  }
  const auto axis = quantization->number<std::int32_t>(quantization::quantized_dimension, 0);
  scale.axis = static_cast<std::size_t>(std::max(axis, 0));
  return scale;
}

void set_types(const FlatOperator &op, const ConvolutionTensors &tensors, OnnxConv &node) {
  if (tensors.data.type == DataType::f32) {
    expect_type(tensors.weights, DataType::f32, "weights");
    return;
  }
  if (!is_integer_of_8_bits(tensors.data.type))
    fail("input", std::string(name_of(tensors.data.type)), "f32, s8 or u8");
  if (op.code == CONV_3D)
    fail("input", std::string(name_of(tensors.data.type)), "f32, the type that CONV_3D has");
  if (!tensors.output)
    fail("output", "missing", "a tensor");
  expect_type(tensors.weights, tensors.data.type, "weights");
  expect_type(*tensors.output, tensors.data.type, "output");
  if (tensors.bias)
    expect_type(*tensors.bias, DataType::s32, "bias");
  check_activation(op);
  const ElementType type = tensors.data.type == DataType::u8 ? ElementType::u8 : ElementType::s8;
  node.types = {type, ElementType::s8, type};
  node.quantisation = {.source_zero_point = single_scale(tensors.data, "input").zero_points[0],
                       .destination_zero_point = single_scale(*tensors.output, "output").zero_points[0],
                       .rounding = Rounding::tflite};
}

void add_scales(const ConvolutionTensors &tensors, Convolution &convolution) {
  const Problem &problem = *convolution.problem;
  const Scale &weights = scale_of(tensors.weights, "weights");
  check_scale(weights, "weights");
  if (weights.by_axis() && (weights.axis != channel_axis(problem, tensors.weights) ||
                            weights.scales.size() != static_cast<std::size_t>(problem.out_channels)))
    fail("weights", fmt::format("{} scales along axis {}", weights.scales.size(), weights.axis),
         fmt::format("one, or {} along axis {}", problem.out_channels,
                     channel_axis(problem, tensors.weights)));
  convolution.weights_zero_points = weights.zero_points;
  const float source = tensors.data.scale->scales[0], destination = tensors.output->scale->scales[0];
  if (tensors.data.type == DataType::s8) {
    convolution.multipliers = double_multipliers({source, weights.scales, destination}, problem.out_channels);
    return;
  }
  // The older kernels round the product: GetQuantizedConvolutionMultipler() of kernel_util.cc.
  check_single(weights, "weights");
  const float product = source * weights.scales[0];
  const float one = 1;
  convolution.multipliers = double_multipliers({product, {&one, 1}, destination}, problem.out_channels);
}

Operation with_scales(Operation operation, const FlatOperator &op) {
  if (op.code == QUANTIZE)
    return quantize(op);
  if (op.code == DEQUANTIZE)
    return dequantize(op);
  if (scales_of(op).empty() || std::holds_alternative<OtherOperation>(operation) ||
      std::visit(MovesElements{}, operation))
    return operation;
  if (const auto kind = quantised_kind(operation))
    return quantised_arithmetic(op, *kind);
  if (!std::visit(ComparesElements{}, operation))
    return OtherOperation{"types: 8-bit integers"};
  const Scale *before = one_scale(op.input(0)), *after = one_scale(op.output);
  if (const auto *elementwise = std::get_if<Elementwise>(&operation);
      elementwise && before && after && !all_equal(op))
    return Requantize{*before, *after, elementwise->steps};
  if (!all_equal(op))
    return OtherOperation{"scales: those of its tensors differ"};
  if (auto *pad = std::get_if<Pad>(&operation))
    return real_padding(std::move(*pad), op);
  return operation;
}

} // namespace convforge::models::tflite
