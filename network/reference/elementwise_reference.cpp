// Of reference_operations.hpp: element by element.
#include "base/error.hpp"
#include "network/reference/reference_operations.hpp"

#include <cmath>
#include <fmt/format.h>

namespace convforge::network::reference {
namespace {

/// Reads a value as if it had been repeated to a shape, as NumPy does.
class Broadcast {
public:
  Broadcast(const Value &value, const models::Shape &shape) : value_(value), strides_(shape.size(), 0) {
    if (value.shape.size() > shape.size())
      throw Error("an input has more axes than the output");
    const models::Shape dense = dense_strides(value.shape);
    const std::size_t leading = shape.size() - value.shape.size();
    for (std::size_t i = 0; i < dense.size(); ++i) {
      if (value.shape[i] != 1 && value.shape[i] != shape[leading + i])
        throw Error(fmt::format("a size of {} (expected 1 or {})", value.shape[i], shape[leading + i]));
      strides_[leading + i] = value.shape[i] == 1 ? 0 : dense[i];
    }
  }

  double operator()(const models::Shape &place) const {
    std::int64_t at = 0;
    for (std::size_t i = 0; i < place.size(); ++i)
      at += place[i] * strides_[i];
    return value_.elements[static_cast<std::size_t>(at)];
  }

private:
  const Value &value_;
  models::Shape strides_;
};

double result_of(models::Arithmetic::Kind kind, double a, double b) {
  using Kind = models::Arithmetic::Kind;
  switch (kind) {
  case Kind::add:
    return a + b;
  case Kind::subtract:
    return a - b;
  case Kind::multiply:
    return a * b;
  case Kind::divide:
    return a / b;
  case Kind::maximum:
  case Kind::minimum:
    return extreme(a, b, kind == Kind::maximum);
  case Kind::power:
    return std::pow(a, b);
  case Kind::equal:
    return a == b;
  case Kind::less:
    return a < b;
  case Kind::less_or_equal:
    return a <= b;
  case Kind::greater:
    return a > b;
  case Kind::greater_or_equal:
    return a >= b;
  case Kind::not_equal:
  case Kind::logical_xor:
    return a != b;
  case Kind::logical_and:
    return a != 0 && b != 0;
  case Kind::logical_or:
    return a != 0 || b != 0;
  }
  return 0;
}

double result_of(models::UnaryFunction::Kind kind, double x) {
  using Kind = models::UnaryFunction::Kind;
  switch (kind) {
  case Kind::absolute:
    return std::abs(x);
  case Kind::exponential:
    return std::exp(x);
  case Kind::logarithm:
    return std::log(x);
  case Kind::reciprocal:
    return 1 / x;
  case Kind::square_root:
    return std::sqrt(x);
  case Kind::reciprocal_square_root:
    return 1 / std::sqrt(x);
  case Kind::square:
    return x * x;
  case Kind::logical_not:
    return x == 0;
  }
  return 0;
}

double step(const EpilogueOp &op, double x) {
  if (op.kind == EpilogueOp::Kind::affine)
    return x * op.factor + op.summand;
  if (op.kind == EpilogueOp::Kind::activation)
    return evaluate(op.activation, x);
  throw Error(fmt::format("the step {} takes a tensor", name_of(op.kind)));
}

} // namespace

Value of_two(const Call &call, const std::function<double(double, double)> &function) {
  Value result = value_of(call.shape());
  const Broadcast a(call.input(0), result.shape), b(call.input(1), result.shape);
  for_each_place(result.shape, [&](const models::Shape &place, std::size_t i) {
    result.elements[i] = function(a(place), b(place));
  });
  return result;
}

Value compute(const models::Elementwise &operation, const Call &call) {
  if (is_of_bytes(call.graph.tensor(call.node.outputs.at(0))))
    return compute_limits(operation, call);
  Value result = call.input();
  for (double &x : result.elements)
    for (const EpilogueOp &op : operation.steps.ops())
      x = step(op, x);
  return result;
}

Value compute(const models::Arithmetic &operation, const Call &call) {
  return of_two(call, [&](double a, double b) { return result_of(operation.kind, a, b); });
}

Value compute(const models::UnaryFunction &operation, const Call &call) {
  Value result = call.input();
  for (double &x : result.elements)
    x = result_of(operation.kind, x);
  return result;
}

Value compute(const models::Selection &, const Call &call) {
  Value result = value_of(call.shape());
  const Broadcast condition(call.input(0), result.shape), chosen(call.input(1), result.shape),
      other(call.input(2), result.shape);
  for_each_place(result.shape, [&](const models::Shape &place, std::size_t i) {
    result.elements[i] = condition(place) != 0 ? chosen(place) : other(place);
  });
  return result;
}

Value compute(const models::Prelu &, const Call &call) {
  return of_two(call, [](double x, double slope) { return x < 0 ? x * slope : x; });
}

Value compute(const models::BatchNormalization &operation, const Call &call) {
  Value result = call.input();
  const auto at = [&](std::size_t input, const models::Shape &place) {
    return call.input(input).elements.at(static_cast<std::size_t>(place[operation.axis]));
  };
  for_each_place(result.shape, [&](const models::Shape &place, std::size_t i) {
    double &x = result.elements[i];
    x = (x - at(3, place)) / std::sqrt(at(4, place) + operation.epsilon) * at(1, place) + at(2, place);
  });
  return result;
}

} // namespace convforge::network::reference
