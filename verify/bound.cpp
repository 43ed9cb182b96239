#include "verify/bound.hpp"

#include "problem/operand.hpp"
#include "verify/element.hpp"

#include <algorithm>
#include <cmath>

namespace convforge {
namespace {

constexpr double unit = 0x1p-24;

/// The values of an element's operands, one after another.
class Operands {
public:
  explicit Operands(const Element &element) : next_(element.operands.begin()) {}
  /// What an operation takes; 0: nothing.
  double of(const EpilogueOp &op) { return role_of(op) ? *next_++ : 0; }

private:
  std::vector<double>::const_iterator next_;
};

/// NaN and Inf come from the input only, so float32 reaches exactly what float64 does.
double finite_or_zero(double tolerance, double value) {
  return std::isfinite(value) ? tolerance : 0;
}

/// How far an activation may be from the exact one of the same number: docs/numerics.md.
double own_error(const Activation &activation, double value) {
  const double four_ulp = 4 * ulp(ElementType::f32, value);
  const bool cancels =
      activation.kind == ActivationKind::gelu || activation.kind == ActivationKind::gelu_tanh;
  return cancels ? std::max(four_ulp, 0x1p-24) : four_ulp;
}

void activate(Expected &e, const Activation &activation) {
  e.value = evaluate(activation, e.value);
  const double carried = e.tolerance * lipschitz(activation);
  e.tolerance = finite_or_zero(carried + own_error(activation, std::abs(e.value) + carried), e.value);
}

} // namespace

double error_gamma(std::int64_t m) {
  const double mu = static_cast<double>(m) * unit;
  return mu / (1 - mu);
}

Expected expect(const Epilogue &epilogue, std::int64_t n, const Element &element) {
  Expected e{element.sum, 0};
  // Additions in a row are one sum, whose terms the compiler may add in any order: the first such sum has the
  // n products as terms, too. `size` is the sum of its terms' magnitudes, `roundings` how many each term
  // meets at most.
  double size = element.magnitude, carried = 0;
  std::int64_t roundings = n;
  const auto finish_sum = [&] {
    e.tolerance = finite_or_zero(carried + error_gamma(roundings) * size, e.value);
  };
  Operands operands(element);
  for (const EpilogueOp &op : epilogue.ops()) {
    const double operand = operands.of(op);
    if (op.kind == EpilogueOp::Kind::activation) {
      finish_sum();
      activate(e, op.activation);
      carried = e.tolerance, size = std::abs(e.value) + carried, roundings = 0;
    } else {
      e.value += operand;
      size += std::abs(operand);
      ++roundings;
    }
  }
  finish_sum();
  return e;
}

Expected expect_exact(const Epilogue &epilogue, const Element &element) {
  auto value = static_cast<float>(element.sum);
  Operands operands(element);
  for (const EpilogueOp &op : epilogue.ops()) {
    const double operand = operands.of(op);
    if (op.kind == EpilogueOp::Kind::activation)
      value = static_cast<float>(evaluate(op.activation, value));
    else
      value += static_cast<float>(operand);
  }
  return {value, 0};
}

void store(Expected &e, ElementType destination) {
  if (destination == ElementType::f32 || std::isnan(e.value))
    return; // what is summed in: nothing is rounded again
  if (e.tolerance == 0) {
    e.value = rounded(destination, static_cast<float>(e.value));
    return;
  }
  const double largest = std::abs(e.value) + e.tolerance;
  e.overflows = largest >= overflow(destination);
  e.tolerance += ulp(destination, std::min(largest, overflow(destination))) / 2;
}

bool is_exact(const Epilogue &epilogue) {
  const auto &ops = epilogue.ops();
  const auto is_activation = [](const EpilogueOp &op) { return op.kind == EpilogueOp::Kind::activation; };
  const auto found = std::find_if(ops.begin(), ops.end(), is_activation);
  if (found == ops.end())
    return true;
  const auto additions_after = ops.end() - found - 1;
  const auto whole = [](float number) { return number == std::rint(number) && std::abs(number) < 0x1p20f; };
  switch (found->activation.kind) {
  case ActivationKind::relu:
  case ActivationKind::relu6:
    return true;
  case ActivationKind::clip: // two additions of a fraction may happen in either order
    return additions_after < 2 || (whole(found->activation.a) && whole(found->activation.b));
  case ActivationKind::leaky_relu: // its product may be fused with an addition
    return additions_after == 0;
  default:
    return false;
  }
}

double lipschitz(const Activation &activation) {
  switch (activation.kind) {
  case ActivationKind::relu:
  case ActivationKind::relu6:
  case ActivationKind::clip:
  case ActivationKind::tanh:
  case ActivationKind::softplus:
    return 1;
  case ActivationKind::leaky_relu:
  case ActivationKind::elu:
    return std::max(1.0, std::abs(static_cast<double>(activation.a)));
  case ActivationKind::sigmoid:
    return 0.25;
  case ActivationKind::hard_sigmoid:
    return 1.0 / 6;
  case ActivationKind::hard_swish:
    return 1.5; // at x = 3
  case ActivationKind::silu:
    return 1.1; // 1.09984 near x = 2.40
  case ActivationKind::mish:
    return 1.09; // 1.08850 near x = 1.49
  case ActivationKind::gelu:
  case ActivationKind::gelu_tanh:
    return 1.13; // 1.12890 at x = sqrt 2; 1.12905 with tanh
  }
  return 1;
}

} // namespace convforge
