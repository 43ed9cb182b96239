#include "models/tflite/flat_operator.hpp"

#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::tflite {
namespace {

Operation steps(const std::string &epilogue) {
  return Elementwise{Epilogue::parse(epilogue)};
}

/// A value for either end of each axis, in pairs; of MIRROR_PAD the mode SYMMETRIC, which repeats the edge,
/// is none of ours.
Operation pad_operation(const FlatOperator &op) {
  const Tensor *data = op.input(0), *amounts = op.input(1), *value = op.input(2);
  constexpr std::int64_t most = 1 << 30;
  if (!data || !amounts || !amounts->constant() || !data->shape || op.option<std::int8_t>(0, 0) != 0 ||
      (value && (!value->constant() || elements_of(value->sizes()) != 1)))
    return OtherOperation{};
  const std::vector<std::int64_t> pairs = integers_of(*amounts);
  if (pairs.size() != 2 * data->shape->size() ||
      std::ranges::any_of(pairs, [](std::int64_t amount) { return amount < 0 || amount > most; }))
    return OtherOperation{};
  Pad pad{{},
          {},
          op.code == MIRROR_PAD ? PaddingMode::reflect : PaddingMode::zeros,
          value ? numbers_of(*value).front() : 0};
  for (std::size_t i = 0; i < pairs.size(); i += 2)
    pad.begin.push_back(pairs[i]), pad.end.push_back(pairs[i + 1]);
  return pad;
}

/// Functions of one tensor and choices; none: it is another operator.
std::optional<Operation> function_operation(int code) {
  using Function = UnaryFunction::Kind;
  using Kind = Arithmetic::Kind;
  switch (code) {
  case ABS:
    return UnaryFunction{Function::absolute};
  case EXP:
    return UnaryFunction{Function::exponential};
  case LOG:
    return UnaryFunction{Function::logarithm};
  case SQRT:
    return UnaryFunction{Function::square_root};
  case RSQRT:
    return UnaryFunction{Function::reciprocal_square_root};
  case SQUARE:
    return UnaryFunction{Function::square};
  case POW:
    return Arithmetic{Kind::power};
  case EQUAL:
    return Arithmetic{Kind::equal};
  case LESS:
    return Arithmetic{Kind::less};
  case LESS_EQUAL:
    return Arithmetic{Kind::less_or_equal};
  case GREATER:
    return Arithmetic{Kind::greater};
  case GREATER_EQUAL:
    return Arithmetic{Kind::greater_or_equal};
  case NOT_EQUAL:
    return Arithmetic{Kind::not_equal};
  case LOGICAL_AND:
    return Arithmetic{Kind::logical_and};
  case LOGICAL_OR:
    return Arithmetic{Kind::logical_or};
  case LOGICAL_NOT:
    return UnaryFunction{Function::logical_not};
  case SELECT_V2:
    return Selection{};
  default:
    return std::nullopt;
  }
}

/// SELECT broadcasts a condition along the axes behind it; of the shape of the others, or of one element, it
/// is SELECT_V2.
Operation selection_operation(const FlatOperator &op) {
  const Tensor *condition = op.input(0), *chosen = op.input(1);
  if (!condition || !chosen || !condition->known() || !chosen->known())
    throw Error(sizes_not_known);
  if (condition->sizes() != chosen->sizes() && elements_of(condition->sizes()) != 1)
    refuse("condition", text_of_shape(condition->sizes()),
           fmt::format("{}, as what it chooses, or one element", text_of_shape(chosen->sizes())));
  return Selection{};
}

std::string activation_of(int number) {
  constexpr const char *names[] = {"", "relu", "clip:-1:1", "relu6", "tanh"};
  if (number < 0 || number > 4)
    refuse("fused_activation_function", std::to_string(number), "0 to 4");
  return names[number];
}

} // namespace

Operation operation_of(const FlatOperator &op, std::optional<Shape> &between) {
  switch (op.code) {
  case MAX_POOL_2D:
  case AVERAGE_POOL_2D:
  case RESIZE_BILINEAR:
  case RESIZE_NEAREST_NEIGHBOR:
  case FULLY_CONNECTED:
    return window_operation(op);
  case MEAN:
  case SUM:
  case REDUCE_MAX:
  case REDUCE_MIN:
  case TRANSPOSE:
  case DEPTH_TO_SPACE:
  case SPACE_TO_DEPTH:
  case CONCATENATION:
  case SPLIT:
  case SPLIT_V:
  case SLICE:
  case STRIDED_SLICE:
  case PACK:
  case SOFTMAX:
  case RESHAPE:
  case SQUEEZE:
  case EXPAND_DIMS:
    return shape_operation(op, between);
  case MAXIMUM:
    return Arithmetic{Arithmetic::Kind::maximum};
  case MINIMUM:
    return Arithmetic{Arithmetic::Kind::minimum};
  case ADD:
    return Arithmetic{Arithmetic::Kind::add};
  case SUB:
    return Arithmetic{Arithmetic::Kind::subtract};
  case MUL:
    return Arithmetic{Arithmetic::Kind::multiply};
  case DIV:
    return Arithmetic{Arithmetic::Kind::divide};
  case RELU:
    return steps("relu");
  case RELU_N1_TO_1:
    return steps("clip:-1:1");
  case RELU6:
    return steps("relu6");
  case LOGISTIC:
    return steps("sigmoid");
  case TANH:
    return steps("tanh");
  case HARD_SWISH:
    return steps("hard_swish");
  case NEG:
    return steps("affine:-1:0");
  case ELU:
    return steps("elu:1");
  case GELU:
    return steps(op.option<std::uint8_t>(0, 0) ? "gelu_tanh" : "gelu");
  case LEAKY_RELU:
    return steps(fmt::format("leaky_relu:{}", op.option<float>(0, 0)));
  case PRELU:
    return Prelu{};
  case PAD:
  case PADV2:
  case MIRROR_PAD:
    return pad_operation(op);
  case SELECT:
    return operation_or_refusal([&] { return selection_operation(op); });
  default:
    return function_operation(op.code).value_or(OtherOperation{});
  }
}

Epilogue fused_activation(const FlatOperator &op) {
  int field = -1;
  switch (op.code) {
  case ADD:
  case SUB:
  case MUL:
  case DIV:
    field = 0;
    break;
  case CONV_2D:
    field = conv_2d.activation;
    break;
  case DEPTHWISE_CONV_2D:
    field = depthwise_conv_2d.activation;
    break;
  case TRANSPOSE_CONV:
    field = transpose_conv.activation;
    break;
  case CONV_3D:
    field = conv_3d.activation;
    break;
  case MAX_POOL_2D:
  case AVERAGE_POOL_2D:
    field = pool_2d::activation;
    break;
  case CONCATENATION:
    field = concatenation::activation;
    break;
  case FULLY_CONNECTED:
    field = fully_connected::activation;
    break;
  default:
    break;
  }
  return Epilogue::parse(activation_of(op.option<std::int8_t>(field, 0)));
}

} // namespace convforge::models::tflite
