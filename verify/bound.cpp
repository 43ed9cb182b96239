#include "verify/bound.hpp"

#include <algorithm>
#include <cmath>

namespace convforge {
namespace {

constexpr double unit = 0x1p-24;

/// The distance between float32 numbers of this size.
double ulp(double size) {
  const int exponent = size > 0 ? std::ilogb(size) : -126;
  return std::ldexp(1.0, std::max(exponent, -126) - 23);
}

double operand(const EpilogueOp &op, const Element &element) {
  return op.kind == EpilogueOp::Kind::bias ? element.bias : element.residual;
}

/// NaN and Inf come from the input only, so float32 reaches exactly what float64 does.
double finite_or_zero(double tolerance, double value) {
  return std::isfinite(value) ? tolerance : 0;
}

/// Adding t: the sum is rounded once, with the error already there in it.
void add(Expected &e, double t) {
  e.value += t;
  e.tolerance = finite_or_zero(e.tolerance + unit * (std::abs(e.value) + e.tolerance), e.value);
}

/// How far an activation may be from the exact one of the same number: docs/numerics.md.
double own_error(const Activation &activation, double value) {
  const double four_ulp = 4 * ulp(value);
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
  Expected e{element.sum, finite_or_zero(error_gamma(n) * element.magnitude, element.sum)};
  const auto &ops = epilogue.ops();
  for (const EpilogueOp &op : ops) {
    if (op.kind == EpilogueOp::Kind::activation) {
      activate(e, op.activation);
    } else if (op.kind == EpilogueOp::Kind::bias && &op == &ops.front()) {
      // The accumulation may begin with the bias, which then takes part in every rounding: the contract's
      // bound.
      e.value += element.bias;
      e.tolerance =
          finite_or_zero(error_gamma(n + 1) * (element.magnitude + std::abs(element.bias)), e.value);
    } else {
      add(e, operand(op, element));
    }
  }
  return e;
}

Expected expect_exact(const Epilogue &epilogue, const Element &element) {
  auto value = static_cast<float>(element.sum);
  for (const EpilogueOp &op : epilogue.ops()) {
    if (op.kind == EpilogueOp::Kind::activation)
      value = static_cast<float>(evaluate(op.activation, value));
    else
      value += static_cast<float>(operand(op, element));
  }
  return {value, 0};
}

bool is_exact(const Epilogue &epilogue) {
  const auto &ops = epilogue.ops();
  return std::all_of(ops.begin(), ops.end(), [&](const EpilogueOp &op) {
    if (op.kind != EpilogueOp::Kind::activation)
      return true;
    switch (op.activation.kind) {
    case ActivationKind::relu:
    case ActivationKind::relu6:
    case ActivationKind::clip:
      return true;
    case ActivationKind::leaky_relu:
      return &op == &ops.back(); // before an addition, the product may be fused with it
    default:
      return false;
    }
  });
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
