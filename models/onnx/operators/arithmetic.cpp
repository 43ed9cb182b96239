// Operators of two tensors, broadcast; small constants are computed, since shapes are made of them.
#include "models/onnx/operators/call.hpp"

#include "models/refusal.hpp"

#include <algorithm>
#include <cmath>

namespace convforge::models::onnx {
namespace {

using Compute = double (*)(double, double);

/// The place in a broadcast operand of the element that belongs to a place of the result.
std::size_t place_in(const Shape &operand, const Shape &result, std::size_t place) {
  std::size_t found = 0, scale = 1;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t axis = result.size() - 1 - i, size = static_cast<std::size_t>(result[axis]);
    if (i < operand.size()) {
      const auto own = static_cast<std::size_t>(operand[operand.size() - 1 - i]);
      found += (own == 1 ? 0 : place % size) * scale;
      scale *= own;
    }
    place /= size;
  }
  return found;
}

/// None: not of small constants.
Data computed(const Call &call, const std::optional<Shape> &shape, DataType type, Compute compute) {
  const Tensor *a = call.input(0), *b = call.input(1);
  if (!computable(a) || !computable(b) || !shape || elements_of(*shape) > most_computed)
    return nullptr;
  const std::vector<double> left = numbers_of(*a), right = numbers_of(*b);
  std::vector<double> numbers(static_cast<std::size_t>(elements_of(*shape)));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = compute(left[place_in(a->sizes(), *shape, i)], right[place_in(b->sizes(), *shape, i)]);
  return data_of(type, numbers);
}

Meaning arithmetic(const Call &call, Arithmetic::Kind kind, Compute compute) {
  Meaning meaning{.operation = Arithmetic{kind}, .shapes = {broadcast(call.shape(0), call.shape(1))}};
  if (call.input(0) && call.input(0)->type != DataType::other)
    meaning.data = computed(call, meaning.shapes[0], call.input(0)->type, compute);
  return meaning;
}

Meaning add(const Call &call) {
  return arithmetic(call, Arithmetic::Kind::add, [](double a, double b) { return a + b; });
}
Meaning subtract(const Call &call) {
  return arithmetic(call, Arithmetic::Kind::subtract, [](double a, double b) { return a - b; });
}
Meaning multiply(const Call &call) {
  return arithmetic(call, Arithmetic::Kind::multiply, [](double a, double b) { return a * b; });
}
/// Of whole numbers towards zero, as C++ has it.
Meaning divide(const Call &call) {
  const bool whole = call.input(0) && !is_floating(call.input(0)->type);
  return arithmetic(call, Arithmetic::Kind::divide,
                    whole ? Compute{[](double a, double b) { return b == 0 ? 0 : std::trunc(a / b); }}
                          : Compute{[](double a, double b) { return a / b; }});
}

Meaning broadcast_of_all(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  for (std::size_t i = 1; i < call.inputs(); ++i)
    shape = broadcast(shape, call.shape(i));
  return {.shapes = {shape}};
}

/// Any number of tensors: one is passed on, of two it is an operation.
Meaning of_all(const Call &call, Arithmetic::Kind kind, Compute compute) {
  if (call.inputs() == 2)
    return arithmetic(call, kind, compute);
  Meaning meaning = broadcast_of_all(call);
  meaning.operation = operation_or_refusal([&]() -> Operation {
    if (call.inputs() != 1)
      refuse("inputs", std::to_string(call.inputs()), "1 or 2");
    return Elementwise{};
  });
  return meaning;
}

Meaning maximum(const Call &call) {
  return of_all(call, Arithmetic::Kind::maximum, [](double a, double b) { return std::max(a, b); });
}
Meaning minimum(const Call &call) {
  return of_all(call, Arithmetic::Kind::minimum, [](double a, double b) { return std::min(a, b); });
}
Meaning sum(const Call &call) {
  return of_all(call, Arithmetic::Kind::add, [](double a, double b) { return a + b; });
}

Meaning power(const Call &call) {
  return arithmetic(call, Arithmetic::Kind::power, [](double a, double b) { return std::pow(a, b); });
}

/// Of truth values.
Meaning truth(const Call &call) {
  Meaning meaning = broadcast_of_all(call);
  meaning.types = {DataType::boolean};
  return meaning;
}

Meaning comparison(const Call &call, Arithmetic::Kind kind, Compute compute) {
  Meaning meaning = truth(call);
  meaning.operation = Arithmetic{kind};
  meaning.data = computed(call, meaning.shapes[0], DataType::boolean, compute);
  return meaning;
}

Meaning equal(const Call &call) {
  return comparison(call, Arithmetic::Kind::equal, [](double a, double b) { return double(a == b); });
}
Meaning less(const Call &call) {
  return comparison(call, Arithmetic::Kind::less, [](double a, double b) { return double(a < b); });
}
Meaning less_or_equal(const Call &call) {
  return comparison(call, Arithmetic::Kind::less_or_equal, [](double a, double b) { return double(a <= b); });
}
Meaning greater(const Call &call) {
  return comparison(call, Arithmetic::Kind::greater, [](double a, double b) { return double(a > b); });
}
Meaning greater_or_equal(const Call &call) {
  return comparison(call, Arithmetic::Kind::greater_or_equal,
                    [](double a, double b) { return double(a >= b); });
}

Meaning logical_and(const Call &call) {
  return comparison(call, Arithmetic::Kind::logical_and,
                    [](double a, double b) { return double(a != 0 && b != 0); });
}
Meaning logical_or(const Call &call) {
  return comparison(call, Arithmetic::Kind::logical_or,
                    [](double a, double b) { return double(a != 0 || b != 0); });
}
Meaning logical_xor(const Call &call) {
  return comparison(call, Arithmetic::Kind::logical_xor,
                    [](double a, double b) { return double((a != 0) != (b != 0)); });
}

/// The type is that of the values, not of the condition.
Meaning where(const Call &call) {
  Meaning meaning = broadcast_of_all(call);
  meaning.operation = Selection{};
  if (call.input(1))
    meaning.types = {call.input(1)->type};
  return meaning;
}

} // namespace

std::vector<OperatorRow> arithmetic_operators() {
  return {{"Add", add},
          {"Sub", subtract},
          {"Mul", multiply},
          {"Div", divide},
          {"Max", maximum},
          {"Min", minimum},
          {"Sum", sum},
          {"Pow", power},
          {"Equal", equal},
          {"Less", less},
          {"LessOrEqual", less_or_equal},
          {"Greater", greater},
          {"GreaterOrEqual", greater_or_equal},
          {"Where", where},
          {"And", logical_and},
          {"Or", logical_or},
          {"Xor", logical_xor},
          {"Mean", broadcast_of_all},
          {"Mod", broadcast_of_all}};
}

} // namespace convforge::models::onnx
