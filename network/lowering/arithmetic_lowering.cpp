// Of node_lowering.hpp: arithmetic of two tensors, functions of one, and choices among elements.
#include "base/error.hpp"
#include "network/lowering/node_lowering.hpp"
#include "network/lowering/view.hpp"

#include <algorithm>
#include <numeric>

namespace convforge::network {
namespace {

using models::Node;

/// Of a constant of one element.
std::optional<double> single_number(const models::Tensor &tensor) {
  if (!tensor.constant() || models::elements_of(tensor.sizes()) != 1)
    return std::nullopt;
  return models::numbers_of(tensor).front();
}

bool is_zero(const models::Tensor &tensor) {
  return tensor.constant() &&
         std::ranges::all_of(models::numbers_of(tensor), [](double number) { return number == 0; });
}

/// Of 1, which stands for true, 0; of 0 1.
Epilogue opposite_of_truth() {
  return Epilogue::parse("affine:-1:1");
}

} // namespace

void NodeLowering::add_unary(const Node &node, convforge_arithmetic arithmetic) {
  require_floats(node);
  const View a = input(node);
  add_elementwise(node, elementwise(arithmetic, builder_.made(node.outputs[0]), a, nullptr), {place_of(a)});
}

/// Squares and square roots are what most powers are.
void NodeLowering::add_power(const Node &node) {
  const std::optional<double> exponent = single_number(graph_.tensor(node.inputs[1]));
  const bool keeps_shape = graph_.tensor(node.inputs[0]).shape == graph_.tensor(node.outputs[0]).shape;
  if (exponent == 2.0 && keeps_shape)
    add_binary(node, CONVFORGE_MULTIPLY, input(node), input(node));
  else if (exponent == 0.5 && keeps_shape)
    add_unary(node, CONVFORGE_SQUARE_ROOT);
  else
    add_binary(node, CONVFORGE_POWER, input(node), View(input(node, 1)));
}

void NodeLowering::lower_operation(const Node &node, const models::Arithmetic &arithmetic) {
  using Kind = models::Arithmetic::Kind;
  constexpr convforge_arithmetic kinds[] = {
      CONVFORGE_ADD,     CONVFORGE_SUBTRACT, CONVFORGE_MULTIPLY, CONVFORGE_DIVIDE,
      CONVFORGE_MAXIMUM, CONVFORGE_MINIMUM,  CONVFORGE_POWER,    CONVFORGE_EQUAL,
      CONVFORGE_LESS,    CONVFORGE_AT_MOST,  CONVFORGE_LESS,     CONVFORGE_AT_MOST,
      CONVFORGE_EQUAL,   CONVFORGE_MINIMUM,  CONVFORGE_MAXIMUM,  CONVFORGE_EQUAL};
  if (arithmetic.kind == Kind::power)
    return add_power(node);
  const View a = input(node), b = input(node, 1);
  const bool turned = arithmetic.kind == Kind::greater || arithmetic.kind == Kind::greater_or_equal;
  const Epilogue steps = arithmetic.kind == Kind::not_equal || arithmetic.kind == Kind::logical_xor
                             ? opposite_of_truth()
                             : Epilogue{};
  add_binary(node, kinds[static_cast<std::size_t>(arithmetic.kind)], turned ? b : a, turned ? a : b, steps);
}

void NodeLowering::lower_operation(const Node &node, const models::UnaryFunction &function) {
  using Kind = models::UnaryFunction::Kind;
  switch (function.kind) {
  case Kind::absolute:
    return add_unary(node, CONVFORGE_ABSOLUTE);
  case Kind::exponential:
    return add_unary(node, CONVFORGE_EXPONENTIAL);
  case Kind::logarithm:
    return add_unary(node, CONVFORGE_LOGARITHM);
  case Kind::reciprocal:
    return add_unary(node, CONVFORGE_RECIPROCAL);
  case Kind::square_root:
    return add_unary(node, CONVFORGE_SQUARE_ROOT);
  case Kind::reciprocal_square_root:
    return add_unary(node, CONVFORGE_RECIPROCAL_SQUARE_ROOT);
  case Kind::square:
    return add_binary(node, CONVFORGE_MULTIPLY, input(node), input(node));
  case Kind::logical_not:
    require_floats(node);
    const View a = input(node);
    return add_elementwise(
        node, elementwise(CONVFORGE_COPY, builder_.made(node.outputs[0]), a, nullptr, opposite_of_truth()),
        {place_of(a)});
  }
}

/// The one with zeros where the condition does not hold, plus the other with zeros where it does: what is not
/// taken may be infinite or NaN. Most choices are between something and 0.
void NodeLowering::lower_operation(const Node &node, const models::Selection &) {
  require_floats(node);
  const View condition = input(node), chosen = input(node, 1), other = input(node, 2),
             output = builder_.made(node.outputs[0]);
  if (is_zero(graph_.tensor(node.inputs[2])))
    return add_binary(node, CONVFORGE_WHERE, chosen, condition);
  if (is_zero(graph_.tensor(node.inputs[1])))
    return add_binary(node, CONVFORGE_UNLESS, other, condition);
  const View rest = builder_.new_view(ElementType::f32, output.sizes, order_in_memory(output));
  builder_.add_step(node.name + ": where it does not hold",
                    elementwise(CONVFORGE_UNLESS, rest, other, &condition),
                    {place_of(other), place_of(condition)}, rest);
  builder_.add_step(node.name + ": where it holds", elementwise(CONVFORGE_WHERE, output, chosen, &condition),
                    {place_of(chosen), place_of(condition)}, output);
  add_binary(node, CONVFORGE_ADD, output, rest);
}

} // namespace convforge::network
