#include "activation_reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace convforge::test {
namespace {

using Real = long double;

Real sigmoid(Real x) {
  return 1 / (1 + std::exp(-x));
}

Real hard_gate(Real x) {
  return std::clamp(x + 3, Real(0), Real(6)) / 6;
}

Real gelu_tanh(Real x) {
  const Real root = std::sqrt(2 / std::acos(Real(-1)));
  return x * sigmoid(2 * root * x * (1 + Real(0.044715L) * x * x));
}

// tanh(log(1 + e^x)), with e^-|x| so that it neither overflows nor cancels.
Real tanh_softplus(Real x) {
  const Real e = std::exp(-std::abs(x));
  return x < 0 ? e * (e + 2) / (e * (e + 2) + 2) : (1 + 2 * e) / (1 + 2 * e + 2 * e * e);
}

bool vanishes_at_minus_infinity(const Activation &activation) {
  using enum ActivationKind;
  switch (activation.kind) {
  case silu:
  case hard_swish:
  case gelu:
  case gelu_tanh:
  case mish:
    return true;
  case leaky_relu:
    return activation.a == 0;
  default:
    return false;
  }
}

} // namespace

long double exact_activation(const Activation &activation, long double x) {
  using enum ActivationKind;
  const Real a = activation.a, b = activation.b;
  if (std::isnan(x))
    return x;
  if (x == -std::numeric_limits<Real>::infinity() && vanishes_at_minus_infinity(activation))
    return 0;
  switch (activation.kind) {
  case relu:
    return std::max(x, Real(0));
  case relu6:
    return std::clamp(x, Real(0), Real(6));
  case leaky_relu:
    return x < 0 ? a * x : x;
  case clip:
    return std::clamp(x, a, b);
  case ActivationKind::sigmoid:
    return test::sigmoid(x);
  case ActivationKind::tanh:
    return std::tanh(x);
  case silu:
    return x * test::sigmoid(x);
  case hard_sigmoid:
    return hard_gate(x);
  case hard_swish:
    return x * hard_gate(x);
  case gelu:
    return x * std::erfc(-x / std::sqrt(Real(2))) / 2;
  case ActivationKind::gelu_tanh:
    return test::gelu_tanh(x);
  case elu:
    return x > 0 ? x : a * std::expm1(x);
  case softplus:
    return std::max(x, Real(0)) + std::log1p(std::exp(-std::abs(x)));
  case mish:
    return x * tanh_softplus(x);
  }
  return std::numeric_limits<Real>::quiet_NaN();
}

double error_in_ulp(float y, long double exact) {
  if (std::isinf(y) && y == static_cast<float>(exact))
    return 0;
  const int exponent = exact == 0 ? -126 : std::max(std::ilogb(exact), -126);
  return static_cast<double>(std::abs(y - exact) / std::ldexp(Real(1), exponent - 23));
}

std::vector<Activation> every_activation() {
  using enum ActivationKind;
  const float inf = std::numeric_limits<float>::infinity();
  return {{relu},
          {relu6},
          {leaky_relu, 0.1f},
          {leaky_relu, 0},
          {leaky_relu, 1},
          {leaky_relu, 3},
          {leaky_relu, -0.5f},
          {clip, 0, 6},
          {clip, -1.5f, 2.5f},
          {clip, -inf, 1},
          {sigmoid},
          {tanh},
          {silu},
          {hard_sigmoid},
          {hard_swish},
          {gelu},
          {gelu_tanh},
          {elu, 1},
          {elu, 0.3f},
          {elu, -2},
          {elu, 0},
          {softplus},
          {mish}};
}

std::string label(const Activation &activation) {
  static constexpr const char *names[] = {"relu",      "relu6", "leaky_relu",   "clip",       "sigmoid",
                                          "tanh",      "silu",  "hard_sigmoid", "hard_swish", "gelu",
                                          "gelu_tanh", "elu",   "softplus",     "mish"};
  return std::string(names[static_cast<int>(activation.kind)]) + ":" + std::to_string(activation.a) + ":" +
         std::to_string(activation.b);
}

std::vector<float> sweep() {
  std::mt19937 random(20240607);
  std::vector<float> values;
  for (int sign : {-1, 1}) {
    for (int exponent = -149; exponent <= 127; ++exponent)
      for (int i = 0; i < 200; ++i)
        values.push_back(static_cast<float>(sign * std::ldexp(1 + random() * 0x1p-32, exponent)));
    // Where the functions bend, the reductions switch, or results become subnormal or zero.
    for (float point : {0.3466f, 0.5f,    1.0f,    1.5f,    2.5f,   3.0f,   6.0f,  8.66f,  9.02f,
                        10.0f,   10.8f,   13.2f,   14.2f,   14.5f,  17.33f, 18.0f, 87.34f, 88.73f,
                        92.0f,   103.28f, 103.97f, 108.66f, 109.0f, 128.0f, 1e30f}) {
      float up = sign * point, down = up;
      for (int i = 0; i < 100;
           ++i, up = std::nextafter(up, HUGE_VALF), down = std::nextafter(down, -HUGE_VALF))
        values.insert(values.end(), {up, down});
    }
    for (float x = 0; x < 120; x += 0.00390625f * (1 + random() * 0x1p-32f))
      values.push_back(sign * x);
    using Limits = std::numeric_limits<float>;
    for (float special :
         {0.0f, Limits::denorm_min(), Limits::min(), Limits::max(), Limits::infinity(), Limits::quiet_NaN()})
      values.push_back(sign * special);
  }
  values.resize((values.size() + 63) / 64 * 64, 0.0f);
  return values;
}

} // namespace convforge::test
