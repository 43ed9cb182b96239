// Of reference_operations.hpp: sums and maxima over windows and axes.
#include "base/error.hpp"
#include "network/reference/reference_operations.hpp"
#include "verify/oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace convforge::network::reference {
namespace {

std::vector<float> as_floats(const Value &value) {
  return {value.elements.begin(), value.elements.end()};
}

/// What a layer does beside its sum: a bias, and what a format puts into the layer.
void finish(const Problem &problem, const Call &call, std::vector<double> &values) {
  for (const EpilogueOp &op : problem.epilogue.ops())
    for (std::size_t i = 0; i < values.size(); ++i)
      switch (op.kind) {
      case EpilogueOp::Kind::bias:
        values[i] += call.input(2).elements.at(channel_of(problem, i, values.size()));
        break;
      case EpilogueOp::Kind::affine:
        values[i] = values[i] * op.factor + op.summand;
        break;
      case EpilogueOp::Kind::activation:
        values[i] = evaluate(op.activation, values[i]);
        break;
      default:
        throw Error("a convolution that takes a tensor beside its bias");
      }
}

constexpr double infinity = std::numeric_limits<double>::infinity();

/// One output of a pooling: its window, walked tap by tap.
class Window {
public:
  Window(const models::WindowPooling &pooling, const Value &input)
      : pooling_(pooling), input_(input), strides_(dense_strides(input.shape)) {}

  double at(const models::Shape &place) const {
    double sum = 0, largest = -infinity;
    std::int64_t inside = 0, taps = 0;
    for_each_place(pooling_.kernel, [&](const models::Shape &tap, std::size_t) {
      ++taps;
      const std::int64_t number = under(place, tap);
      if (number < 0)
        return;
      const double x = input_.elements[static_cast<std::size_t>(number)];
      ++inside;
      sum += x;
      largest = extreme(largest, x, true);
    });
    if (pooling_.kind == models::WindowPooling::Kind::maximum)
      return largest;
    const std::int64_t divisor = pooling_.kind == models::WindowPooling::Kind::average ? inside : taps;
    return divisor == 0 ? 0 : sum / static_cast<double>(divisor);
  }

private:
  /// The input under a tap; -1: padding.
  std::int64_t under(const models::Shape &place, const models::Shape &tap) const {
    std::int64_t number = 0;
    for (std::size_t i = 0; i < place.size(); ++i) {
      const std::int64_t at =
          place[i] * pooling_.stride[i] - pooling_.begin[i] + tap[i] * pooling_.dilation[i];
      if (at < 0 || at >= input_.shape[i])
        return -1;
      number += at * strides_[i];
    }
    return number;
  }

  const models::WindowPooling &pooling_;
  const Value &input_;
  models::Shape strides_;
};

} // namespace

std::size_t channel_of(const Problem &problem, std::size_t element, std::size_t count) {
  const auto channels = static_cast<std::size_t>(problem.out_channels);
  if (problem.layout == Layout::nhwc)
    return element % channels;
  return element / (count / channels / static_cast<std::size_t>(problem.batch)) % channels;
}

/// The sum is the oracle's, which reads floats: what an input loses there is 2^-25 of it.
Value compute(const models::Convolution &operation, const Call &call) {
  if (!operation.problem)
    throw Error(operation.refusal);
  const Problem &problem = *operation.problem;
  if (problem.types.quantised())
    return compute_integers(operation, call);
  if (problem.types.source != ElementType::f32 || problem.types.destination != ElementType::f32)
    throw Error("a convolution of other numbers than float32");
  Value result{call.shape(), convolve(problem, as_floats(call.input()), as_floats(call.input(1))).value};
  finish(problem, call, result.elements);
  return result;
}

Value compute(const models::WindowPooling &operation, const Call &call) {
  Value result = value_of(call.shape());
  const Window window(operation, call.input());
  for_each_place(result.shape,
                 [&](const models::Shape &place, std::size_t i) { result.elements[i] = window.at(place); });
  return result;
}

Value compute(const models::Reduction &operation, const Call &call) {
  using Kind = models::Reduction::Kind;
  const Value &input = call.input();
  models::Shape kept = input.shape;
  for (const std::size_t axis : operation.axes)
    kept[axis] = 1;
  const models::Shape strides = dense_strides(kept);
  Value result = value_of(call.shape());
  const bool is_extreme = operation.kind == Kind::maximum || operation.kind == Kind::minimum;
  if (is_extreme)
    std::ranges::fill(result.elements, operation.kind == Kind::maximum ? -infinity : infinity);
  for_each_place(input.shape, [&](const models::Shape &place, std::size_t i) {
    std::int64_t number = 0;
    for (std::size_t axis = 0; axis < place.size(); ++axis)
      number += kept[axis] == 1 ? 0 : place[axis] * strides[axis];
    double &x = result.elements.at(static_cast<std::size_t>(number));
    x = is_extreme ? extreme(x, input.elements[i], operation.kind == Kind::maximum) : x + input.elements[i];
  });
  if (operation.kind == Kind::mean)
    for (double &x : result.elements)
      x /= static_cast<double>(input.elements.size()) / static_cast<double>(result.elements.size());
  return result;
}

Value compute(const models::Softmax &operation, const Call &call) {
  const Value &input = call.input();
  Value result = input;
  const models::Shape strides = dense_strides(input.shape);
  const auto size = static_cast<std::size_t>(input.shape[operation.axis]),
             stride = static_cast<std::size_t>(strides[operation.axis]);
  for_each_place(input.shape, [&](const models::Shape &place, std::size_t first) {
    if (place[operation.axis] != 0)
      return;
    double largest = -infinity, sum = 0;
    for (std::size_t i = 0; i < size; ++i)
      largest = extreme(largest, input.elements[first + i * stride], true);
    for (std::size_t i = 0; i < size; ++i)
      sum += result.elements[first + i * stride] = std::exp(input.elements[first + i * stride] - largest);
    for (std::size_t i = 0; i < size; ++i)
      result.elements[first + i * stride] /= sum;
  });
  return result;
}

} // namespace convforge::network::reference
