// Operators of one tensor, element by element.
#include "models/onnx/operators/call.hpp"

#include "models/onnx/constants.hpp"
#include "models/refusal.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

Meaning steps(const Call &call, const std::string &epilogue) {
  return {.operation = Elementwise{Epilogue::parse(epilogue)}, .shapes = {call.shape(0)}};
}

/// The number with the fewest digits that reads back the same; the epilogue's parser refuses what is none.
std::string digits(double number) {
  return fmt::format("{}", static_cast<float>(number));
}

Meaning same_shape(const Call &call) {
  return {.shapes = {call.shape(0)}};
}

template <const char *Name>
Meaning named(const Call &call) {
  return steps(call, Name);
}

Meaning leaky_relu(const Call &call) {
  return steps(call, "leaky_relu:" + digits(call.real("alpha", 0.01)));
}

Meaning elu(const Call &call) {
  return steps(call, "elu:" + digits(call.real("alpha", 1)));
}

/// max(0, min(1, alpha x + beta)); relu6(x + 3) / 6 goes by its name.
Meaning hard_sigmoid(const Call &call) {
  const double alpha = call.real("alpha", 0.2), beta = call.real("beta", 0.5);
  if (std::abs(alpha - 1 / 6.0) < 1e-7 && beta == 0.5)
    return steps(call, "hard_sigmoid");
  if (alpha == 0)
    return same_shape(call);
  return steps(call, fmt::format("affine:{}:{},clip:0:1", digits(alpha), digits(beta)));
}

Meaning gelu(const Call &call) {
  return steps(call, call.text("approximate", "none") == "tanh" ? "gelu_tanh" : "gelu");
}

/// Its bounds are inputs since version 11; either may be left out.
Meaning clip(const Call &call) {
  const bool inputs = call.inputs() > 1 || (!call.attribute("min") && !call.attribute("max"));
  const auto bound = [&](std::size_t i, std::string_view name) -> std::optional<double> {
    if (inputs)
      return call.number(i);
    return call.attribute(name) ? std::optional(call.real(name, 0)) : std::nullopt;
  };
  const std::optional<double> low = bound(1, "min"), high = bound(2, "max");
  if (low == 0.0 && !high && !call.input(2))
    return steps(call, "relu");
  if (!low || !high || !std::isfinite(*low) || !std::isfinite(*high) || *low > *high)
    return same_shape(call);
  if (*low == 0 && *high == 6)
    return steps(call, "relu6");
  return steps(call, fmt::format("clip:{}:{}", digits(*low), digits(*high)));
}

Meaning negation(const Call &call) {
  Meaning meaning = same_shape(call);
  meaning.operation = UnaryFunction{UnaryFunction::Kind::logical_not};
  if (computable(call.input(0))) {
    std::vector<double> values = numbers_of(*call.input(0));
    std::ranges::transform(values, values.begin(),
                           [](double value) { return static_cast<double>(value == 0); });
    meaning.data = data_of(DataType::boolean, values);
  }
  return meaning;
}

template <UnaryFunction::Kind Kind>
Meaning function(const Call &call) {
  return {.operation = UnaryFunction{Kind}, .shapes = {call.shape(0)}};
}

/// What passes its input on, constants too.
Meaning identity(const Call &call) {
  Meaning meaning{.operation = Elementwise{}, .shapes = {call.shape(0)}};
  if (call.input(0))
    meaning.data = call.input(0)->data;
  return meaning;
}

/// At inference. Its mask is a second output.
Meaning dropout(const Call &call) {
  const std::optional<double> training = call.input(2) ? call.number(2) : 0.0;
  Meaning meaning = identity(call);
  if (training == 0.0 && !call.has_output(1))
    return meaning;
  meaning.operation = operation_or_refusal([&]() -> Operation {
    if (training == 0.0)
      refuse("outputs", std::to_string(call.outputs()), "1: masks are not computed");
    refuse("training_mode", training ? "1" : "computed", "0");
  });
  meaning.data = nullptr;
  return meaning;
}

/// Before version 13 all axes from one on are one.
std::size_t softmax_axis(const Call &call, const Shape &shape) {
  const bool flattens = call.opset() < 13;
  const std::int64_t number = call.integer("axis", flattens ? 1 : -1);
  const auto axis = axis_of(number, shape.size());
  if (!axis)
    refuse("axis", std::to_string(number), fmt::format("one of {}", shape.size()));
  const auto wide = [&](std::size_t i) { return shape[i] != 1; };
  std::vector<std::size_t> axes;
  for (std::size_t i = *axis; flattens && i < shape.size(); ++i)
    if (wide(i))
      axes.push_back(i);
  if (axes.size() > 1)
    refuse("axis", std::to_string(number),
           fmt::format("one axis of several elements from it on, operator set {} takes all", call.opset()));
  return axes.empty() ? *axis : axes[0];
}

Meaning softmax(const Call &call) {
  Meaning meaning = same_shape(call);
  if (const auto shape = call.shape(0))
    meaning.operation =
        operation_or_refusal([&]() -> Operation { return Softmax{softmax_axis(call, *shape)}; });
  return meaning;
}

Meaning cast(const Call &call) {
  const DataType type = data_type_of(call.integer("to", 0));
  Meaning meaning{.shapes = {call.shape(0)}, .types = {type}};
  const Tensor *input = call.input(0);
  const bool truth = input && input->type == DataType::boolean && type == DataType::f32; // 1 and 0 already
  if (truth || (input && input->type == type && type != DataType::other))
    meaning.operation = Elementwise{};
  if (input && input->constant() && type != DataType::other)
    meaning.data = type == DataType::s64 ? data_of(integers_of(*input)) : data_of(type, numbers_of(*input));
  return meaning;
}

Meaning prelu(const Call &call) {
  return {.operation = Prelu{}, .shapes = {call.shape(0)}};
}

Meaning batch_normalization(const Call &call) {
  if (call.integer("training_mode", 0) != 0 || call.outputs() != 1)
    return same_shape(call);
  return {.operation = BatchNormalization{call.real("epsilon", 1e-5), 1}, .shapes = {call.shape(0)}};
}

constexpr char relu[] = "relu", sigmoid[] = "sigmoid", tanh_name[] = "tanh", hard_swish[] = "hard_swish",
               softplus[] = "softplus", mish[] = "mish", silu[] = "silu", negate[] = "affine:-1:0";

} // namespace

std::vector<OperatorRow> elementwise_operators() {
  std::vector<OperatorRow> rows = {{"Relu", named<relu>},
                                   {"Sigmoid", named<sigmoid>},
                                   {"Tanh", named<tanh_name>},
                                   {"HardSwish", named<hard_swish>},
                                   {"Softplus", named<softplus>},
                                   {"Mish", named<mish>},
                                   {"Swish", named<silu>},
                                   {"Neg", named<negate>},
                                   {"LeakyRelu", leaky_relu},
                                   {"Elu", elu},
                                   {"HardSigmoid", hard_sigmoid},
                                   {"Gelu", gelu},
                                   {"Clip", clip},
                                   {"Identity", identity},
                                   {"Dropout", dropout},
                                   {"Cast", cast},
                                   {"PRelu", prelu},
                                   {"Not", negation},
                                   {"Abs", function<UnaryFunction::Kind::absolute>},
                                   {"Exp", function<UnaryFunction::Kind::exponential>},
                                   {"Log", function<UnaryFunction::Kind::logarithm>},
                                   {"Reciprocal", function<UnaryFunction::Kind::reciprocal>},
                                   {"Sqrt", function<UnaryFunction::Kind::square_root>},
                                   {"Softmax", softmax},
                                   {"BatchNormalization", batch_normalization}};
  for (const char *type : {"Acos",
                           "Asin",
                           "Atan",
                           "Ceil",
                           "Celu",
                           "Cos",
                           "Erf",
                           "Floor",
                           "Round",
                           "Selu",
                           "Sign",
                           "Sin",
                           "Softsign",
                           "Tan",
                           "ThresholdedRelu",
                           "LogSoftmax",
                           "Hardmax",
                           "InstanceNormalization",
                           "LayerNormalization",
                           "GroupNormalization",
                           "LpNormalization",
                           "LRN",
                           "CumSum",
                           "MeanVarianceNormalization",
                           "Shrink"})
    rows.push_back({type, same_shape});
  return rows;
}

} // namespace convforge::models::onnx
