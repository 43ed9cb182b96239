// Activations in double precision, written so that no finite argument overflows on the way and nothing
// cancels that need not: at +-Inf the value is the limit, and NaN stays NaN because every comparison with it
// is false.
#include "problem/epilogue.hpp"

#include <cmath>
#include <numbers>

namespace convforge {
namespace {

double clip(double x, double low, double high) {
  return x < low ? low : x > high ? high : x;
}

/// 1 / (1 + e^-x), with the exponential of a negative number only.
double sigmoid(double x) {
  if (x > 0)
    return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}

/// log(1 + e^x).
double softplus(double x) {
  return (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x)));
}

/// x times a gate in [0, 1]. A gate of zero wins over an infinite x.
double gated(double x, double gate) {
  return gate == 0 ? std::copysign(0.0, x) : x * gate;
}

/// relu6(x + 3) / 6, as in PyTorch and Keras 3.
double hard_sigmoid(double x) {
  return clip(x + 3, 0, 6) / 6;
}

/// x Phi(x); the tail of Phi comes from erfc, where 1 + erf would cancel.
double gelu(double x) {
  return gated(x, std::erfc(-x / std::numbers::sqrt2) / 2);
}

/// x (1 + tanh u) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3); (1 + tanh u) / 2 is sigmoid(2 u).
double gelu_tanh(double x) {
  const double sqrt_2_pi = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
  return gated(x, sigmoid(2 * sqrt_2_pi * (x + 0.044715 * x * x * x)));
}

/// A slope of zero wins over an infinite x.
double leaky_relu(double x, double slope) {
  if (!(x < 0))
    return x;
  return slope == 0 ? 0 : slope * x;
}

} // namespace

double evaluate(const Activation &activation, double x) {
  const double a = activation.a, b = activation.b;
  switch (activation.kind) {
  case ActivationKind::relu:
    return x < 0 ? 0 : x;
  case ActivationKind::relu6:
    return clip(x, 0, 6);
  case ActivationKind::leaky_relu:
    return leaky_relu(x, a);
  case ActivationKind::clip:
    return clip(x, a, b);
  case ActivationKind::sigmoid:
    return sigmoid(x);
  case ActivationKind::tanh:
    return std::tanh(x);
  case ActivationKind::silu:
    return gated(x, sigmoid(x));
  case ActivationKind::hard_sigmoid:
    return hard_sigmoid(x);
  case ActivationKind::hard_swish:
    return gated(x, hard_sigmoid(x));
  case ActivationKind::gelu:
    return gelu(x);
  case ActivationKind::gelu_tanh:
    return gelu_tanh(x);
  case ActivationKind::elu:
    return x < 0 ? a * std::expm1(x) : x;
  case ActivationKind::softplus:
    return softplus(x);
  case ActivationKind::mish:
    return gated(x, std::tanh(softplus(x)));
  }
  return x;
}

} // namespace convforge
