// Operators of com.microsoft, ONNX Runtime's own: those of 8-bit integers that its quantiser makes.
#include "models/onnx/operators/scales.hpp"

#include "base/error.hpp"
#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

/// Of tensors of one 8-bit type, whose zero points are in its range.
DataType single_type(const Call &call, std::initializer_list<std::size_t> inputs) {
  DataType type = DataType::other;
  for (const std::size_t i : inputs) {
    if (!call.input(i))
      continue;
    if (type == DataType::other)
      type = call.input(i)->type;
    if ((type != DataType::u8 && type != DataType::s8) || call.input(i)->type != type)
      refuse("types", std::string(name_of(call.input(i)->type)), "u8 or s8, all the same");
  }
  return type;
}

Scale single_scale(const Call &call, const ScaleInputs &inputs) {
  Scale scale = constant_scale(call, inputs);
  check_single(scale, inputs.scale_name);
  if (scale.zero_points[0] < -128 || scale.zero_points[0] > 255)
    refuse(inputs.zero_point_name, std::to_string(scale.zero_points[0]), "a number of 8 bits");
  return scale;
}

/// `Make`: from the call to the operation. What it does not take keeps its shape and type, and says why.
template <typename Make>
Meaning meaning_of_integers(const Call &call, std::optional<Shape> shape, std::size_t type_of,
                            std::vector<std::size_t> inputs, const Make &make) {
  const Tensor *typed = call.input(type_of) ? call.input(type_of) : call.input(0);
  Meaning meaning{.operation = operation_or_refusal([&]() -> Operation { return make(); }),
                  .shapes = {std::move(shape)},
                  .types = {typed ? typed->type : DataType::other}};
  if (!std::holds_alternative<OtherOperation>(meaning.operation))
    meaning.inputs = std::move(inputs);
  return meaning;
}

template <QuantisedArithmetic::Kind Kind>
Meaning of_two(const Call &call) {
  return meaning_of_integers(call, broadcast(call.shape(0), call.shape(3)), 7, {0, 3}, [&] {
    single_type(call, {0, 2, 3, 5, 7});
    QuantisedArithmetic arithmetic{Kind, single_scale(call, {1, 2, "A_scale", "A_zero_point"}),
                                   single_scale(call, {4, 5, "B_scale", "B_zero_point"}),
                                   single_scale(call, {6, 7, "C_scale", "C_zero_point"}), Rounding::onnx};
    const float a = arithmetic.a.scales[0], b = arithmetic.b.scales[0], c = arithmetic.result.scales[0];
    constexpr float most = 1024; // steps of the result: more saturate at once, and overflow somewhere
    if (const float largest = std::max({a / c, b / c, a * b / c}); !(largest < most))
      refuse("C_scale", fmt::format("{}", c),
             fmt::format("a step of {} and {}, not that much smaller", a, b));
    return arithmetic;
  });
}

/// X with its scale and zero point, then Y's.
struct FromTo {
  Scale from, to;
};
FromTo from_to(const Call &call) {
  single_type(call, {0, 2, 4});
  return {single_scale(call, {1, 2, "X_scale", "X_zero_point"}),
          single_scale(call, {3, 4, "Y_scale", "Y_zero_point"})};
}

Meaning function(const Call &call) {
  return meaning_of_integers(call, call.shape(0), 4, {0}, [&] {
    const FromTo scales = from_to(call);
    const bool sigmoid = call.type() == "QLinearSigmoid";
    const auto alpha = static_cast<float>(call.real("alpha", 0.01));
    return Quantised{scales.from, scales.to,
                     Epilogue::parse(sigmoid ? "sigmoid" : fmt::format("leaky_relu:{}", alpha))};
  });
}

Meaning byte_softmax(const Call &call) {
  return meaning_of_integers(call, call.shape(0), 4, {0}, [&] {
    const FromTo scales = from_to(call);
    const auto axis = axis_of(call.integer("axis", -1), call.input(0)->sizes().size());
    if (!axis)
      refuse("axis", std::to_string(call.integer("axis", -1)), "an axis of the data");
    if (call.integer("opset", 13) < 13 && *axis + 1 != call.input(0)->sizes().size())
      refuse("opset", std::to_string(call.integer("opset", 13)), "13 at least, or the last axis");
    return Quantised{scales.from, scales.to, Softmax{*axis}};
  });
}

Meaning global_average(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  if (!shape || shape->size() < 3)
    return {};
  const std::size_t first = call.integer("channels_last", 0) != 0 ? 1 : 2;
  Reduction reduction{Reduction::Kind::mean, {}};
  for (std::size_t i = 0; i < shape->size() - 2; ++i)
    (*shape)[first + i] = 1, reduction.axes.push_back(first + i);
  return meaning_of_integers(call, shape, 4, {0}, [&] {
    const FromTo scales = from_to(call);
    return Quantised{scales.from, scales.to, reduction};
  });
}

Meaning average(const Call &call) {
  Meaning floats = pool(call);
  return meaning_of_integers(call, floats.shapes.empty() ? std::nullopt : floats.shapes[0], 4, {0}, [&] {
    const FromTo scales = from_to(call);
    if (call.integer("channels_last", 0) != 0)
      refuse("channels_last", std::to_string(call.integer("channels_last", 0)), "0");
    if (const auto *other = std::get_if<OtherOperation>(&floats.operation))
      throw Error(other->refusal);
    return Quantised{scales.from, scales.to, std::get<WindowPooling>(floats.operation)};
  });
}

/// Y's scale and zero point, then each input with its.
Meaning concatenation(const Call &call) {
  std::optional<Shape> shape = call.shape(2);
  const std::size_t count = call.inputs() < 5 ? 0 : (call.inputs() - 2) / 3;
  const auto axis = shape ? axis_of(call.integer("axis", 1), shape->size()) : std::nullopt;
  std::vector<std::size_t> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    inputs.push_back(2 + 3 * i);
    const std::optional<Shape> part = call.shape(inputs.back());
    if (!axis || !part || part->size() != shape->size())
      return without_word(call, "axis");
    if (i > 0)
      (*shape)[*axis] = (*shape)[*axis] == unknown_size || (*part)[*axis] == unknown_size
                            ? unknown_size
                            : (*shape)[*axis] + (*part)[*axis];
  }
  return meaning_of_integers(call, shape, 1, inputs, [&] {
    QuantisedConcatenation operation{*axis, {}, single_scale(call, {0, 1, "Y_scale", "Y_zero_point"})};
    for (const std::size_t i : inputs) {
      single_type(call, {1, i, i + 2});
      operation.parts.push_back(single_scale(call, {i + 1, i + 2, "scale", "zero_point"}));
    }
    if (operation.parts.empty())
      refuse("inputs", std::to_string(call.inputs()), "a tensor with its scale and zero point at least");
    return operation;
  });
}

} // namespace

Operator find_runtime_operator(std::string_view type) {
  static const std::vector<OperatorRow> rows{{"QLinearAdd", of_two<QuantisedArithmetic::Kind::add>},
                                             {"QLinearMul", of_two<QuantisedArithmetic::Kind::multiply>},
                                             {"QLinearSigmoid", function},
                                             {"QLinearLeakyRelu", function},
                                             {"QLinearSoftmax", byte_softmax},
                                             {"QLinearGlobalAveragePool", global_average},
                                             {"QLinearAveragePool", average},
                                             {"QLinearConcat", concatenation},
                                             {"QGemm", quantised_general_product}};
  for (const OperatorRow &row : rows)
    if (row.type == type)
      return row.meaning;
  return nullptr;
}

} // namespace convforge::models::onnx
