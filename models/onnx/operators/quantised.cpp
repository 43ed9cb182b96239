// Operators of 8-bit integers that are convolutions, products of matrices among them.
#include "models/onnx/operators/convolutions.hpp"
#include "models/onnx/operators/scales.hpp"

#include "base/error.hpp"
#include "models/matrix_product.hpp"

namespace convforge::models::onnx {
namespace {

/// Inputs: x, its scale and zero point, w, its, y's, B.
constexpr ScaleInputs source_scale{1, 2, "x_scale", "x_zero_point"},
    weights_scale{4, 5, "w_scale", "w_zero_point"}, destination_scale{6, 7, "y_scale", "y_zero_point"};

const Tensor &needed_tensor(const Call &call, std::size_t i, const char *name) {
  if (!call.input(i))
    fail(name, "missing", "a tensor");
  return *call.input(i);
}

/// The convolution of the problem, which reads some of the node's inputs.
Meaning meaning_of_problem(const Call &call, Convolution convolution, std::vector<std::size_t> inputs) {
  const Problem &problem = *convolution.problem;
  Meaning meaning{.shapes = {convolution_output(problem, call.input(0)->sizes().size())}};
  switch (problem.types.destination) {
  case ElementType::u8:
    meaning.types = {DataType::u8};
    break;
  case ElementType::s8:
    meaning.types = {DataType::s8};
    break;
  default:
    meaning.types = {DataType::s32};
  }
  meaning.operation = std::move(convolution), meaning.inputs = std::move(inputs);
  return meaning;
}

Meaning qlinear_problem(const Call &call) {
  const Tensor &x = needed_tensor(call, 0, "x");
  const Scale source = constant_scale(call, source_scale), weights = constant_scale(call, weights_scale),
              destination = constant_scale(call, destination_scale);
  check_single(source, "x_scale");
  check_single(destination, "y_scale");
  OnnxConv node = convolution_node(call);
  node.types = {eight_bits(x.type, "x"), ElementType::s8,
                eight_bits(needed_tensor(call, 7, "y_zero_point").type, "y_zero_point")};
  node.quantisation = {.source_zero_point = source.zero_points[0],
                       .destination_zero_point = destination.zero_points[0]};
  OnnxShapes shapes{.input = convolution_shape(call, 0, "x"), .weights = convolution_shape(call, 3, "w")};
  if (call.input(8))
    shapes.bias = convolution_shape(call, 8, "B");
  Convolution convolution{problem_of(node, shapes), ""};
  const int channels = convolution.problem->out_channels;
  if (weights.by_axis() && weights.scales.size() != static_cast<std::size_t>(channels))
    fail("w_scale", std::to_string(weights.scales.size()), "one, or one an output channel");
  convolution.multipliers =
      single_multipliers({source.scales[0], weights.scales, destination.scales[0]}, channels);
  convolution.weights_zero_points = weights.zero_points;
  return meaning_of_problem(call, std::move(convolution), {0, 3, 8});
}

/// Its zero points have no scales beside them.
std::vector<std::int32_t> bare_zero_points(const Call &call, std::size_t i, const char *name) {
  if (!call.input(i))
    return {0};
  if (!call.input(i)->constant())
    fail(name, "'" + call.input(i)->name + "' is computed", "a constant of the model");
  eight_bits(call.input(i)->type, name);
  const std::vector<std::int64_t> numbers = integers_of(*call.input(i));
  return {numbers.begin(), numbers.end()};
}

Meaning integer_problem(const Call &call) {
  const Tensor &x = needed_tensor(call, 0, "x");
  const std::vector<std::int32_t> source = bare_zero_points(call, 2, "x_zero_point");
  if (source.size() != 1)
    fail("x_zero_point", std::to_string(source.size()) + " numbers", "one");
  OnnxConv node = convolution_node(call);
  node.types = {eight_bits(x.type, "x"), ElementType::s8, ElementType::s32};
  node.quantisation.source_zero_point = source[0];
  Convolution convolution{problem_of(node, {.input = convolution_shape(call, 0, "x"),
                                            .weights = convolution_shape(call, 1, "w")}),
                          ""};
  convolution.weights_zero_points = bare_zero_points(call, 3, "w_zero_point");
  return meaning_of_problem(call, std::move(convolution), {0, 1});
}

template <Meaning (*Problem)(const Call &)>
Meaning or_refused(const Call &call) {
  try {
    return Problem(call);
  } catch (const Error &error) {
    return {.operation = Convolution{std::nullopt, error.what()}};
  }
}

/// Products of matrices, with the places of their operands.
struct ProductInputs {
  std::size_t bias; ///< beyond all: there is none
  ScaleInputs destination;
};

/// Of A, its scale and zero point, B and its.
Meaning matrix_problem(const Call &call, WeightsLayout layout, const ProductInputs &inputs) {
  const Tensor &a = needed_tensor(call, 0, "A"), &b = needed_tensor(call, 3, "B");
  const Scale source = constant_scale(call, {1, 2, "a_scale", "a_zero_point"}),
              weights = constant_scale(call, {4, 5, "b_scale", "b_zero_point"}),
              destination = constant_scale(call, inputs.destination);
  check_single(source, "a_scale");
  check_single(destination, "y_scale");
  const ElementType type =
      eight_bits(needed_tensor(call, inputs.destination.zero_point, "y_zero_point").type, "y_zero_point");
  const bool bias = call.input(inputs.bias) != nullptr;
  Convolution product = matrix_product(
      a, b, layout, bias, {eight_bits(a.type, "A"), ElementType::s8, type},
      {.source_zero_point = source.zero_points[0], .destination_zero_point = destination.zero_points[0]});
  const int channels = product.problem->out_channels;
  if (weights.by_axis() && weights.scales.size() != static_cast<std::size_t>(channels))
    fail("b_scale", std::to_string(weights.scales.size()), "one, or one a column");
  product.multipliers =
      single_multipliers({source.scales[0], weights.scales, destination.scales[0]}, channels);
  product.weights_zero_points = weights.zero_points;
  Shape shape = a.sizes();
  shape.back() = channels;
  Meaning meaning{.operation = std::move(product),
                  .shapes = {shape},
                  .types = {type == ElementType::u8 ? DataType::u8 : DataType::s8},
                  .inputs = {0, 3}};
  if (bias)
    meaning.inputs.push_back(inputs.bias);
  return meaning;
}

Meaning qlinear_product(const Call &call) {
  constexpr std::size_t none = 1000;
  return matrix_problem(call, WeightsLayout::hwio, {none, {6, 7, "y_scale", "y_zero_point"}});
}

Meaning general_integer_product(const Call &call) {
  if (call.integer("transA", 0) != 0)
    fail("transA", std::to_string(call.integer("transA", 0)), "0");
  if (call.real("alpha", 1) != 1)
    fail("alpha", std::to_string(call.real("alpha", 1)), "1");
  if (!call.input(7))
    fail("y_scale", "missing", "a constant of the model: 8-bit results");
  const WeightsLayout layout = call.integer("transB", 0) != 0 ? WeightsLayout::ohwi : WeightsLayout::hwio;
  return matrix_problem(call, layout, {6, {7, 8, "y_scale", "y_zero_point"}});
}

} // namespace

std::vector<OperatorRow> quantised_operators() {
  return {{"QLinearConv", or_refused<qlinear_problem>},
          {"ConvInteger", or_refused<integer_problem>},
          {"QLinearMatMul", or_refused<qlinear_product>}};
}

Meaning quantised_general_product(const Call &call) {
  return or_refused<general_integer_product>(call);
}

} // namespace convforge::models::onnx
