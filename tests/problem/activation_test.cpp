// The double-precision activations against long double formulas, and at the ends of the range.
#include "problem/epilogue.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace convforge {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int kinds = static_cast<int>(ActivationKind::mish) + 1;

Activation activation_of(int kind) {
  return {static_cast<ActivationKind>(kind), -1, 2};
}

/// The textbook formula, in a type with range and digits to spare.
long double textbook(const Activation &activation, long double x) {
  const long double a = activation.a, b = activation.b;
  const auto clip = [](long double v, long double low, long double high) {
    return fminl(fmaxl(v, low), high);
  };
  const long double sigmoid = 1 / (1 + expl(-x));
  switch (activation.kind) {
  case ActivationKind::relu:
    return fmaxl(x, 0);
  case ActivationKind::relu6:
    return clip(x, 0, 6);
  case ActivationKind::leaky_relu:
    return x < 0 ? a * x : x;
  case ActivationKind::clip:
    return clip(x, a, b);
  case ActivationKind::sigmoid:
    return sigmoid;
  case ActivationKind::tanh:
    return tanhl(x);
  case ActivationKind::silu:
    return x * sigmoid;
  case ActivationKind::hard_sigmoid:
    return clip(x + 3, 0, 6) / 6;
  case ActivationKind::hard_swish:
    return x * clip(x + 3, 0, 6) / 6;
  case ActivationKind::gelu:
    return x * erfcl(-x / sqrtl(2)) / 2;
  case ActivationKind::gelu_tanh: {
    const long double u = sqrtl(2 / 3.14159265358979323846264L) * (x + 0.044715L * x * x * x);
    return x / (1 + expl(-2 * u));
  }
  case ActivationKind::elu:
    return x < 0 ? a * expm1l(x) : x;
  case ActivationKind::softplus:
    return log1pl(expl(x));
  case ActivationKind::mish:
    return x * tanhl(log1pl(expl(x)));
  }
  return 0;
}

TEST(Activation, MeetsTheTextbookFormula) {
  for (int kind = 0; kind < kinds; ++kind) {
    const Activation activation = activation_of(kind);
    for (double x = -30; x <= 30; x += 0.0625) {
      const auto exact = static_cast<double>(textbook(activation, x));
      // The exponent of erfc and exp carries x's own rounding: up to x^2 / 2 ulp in the tails of gelu.
      EXPECT_NEAR(evaluate(activation, x), exact, 4e-13 * std::abs(exact) + 1e-300)
          << name_of(activation.kind) << " at " << x;
    }
  }
}

TEST(Activation, NanStaysNan) {
  for (int kind = 0; kind < kinds; ++kind)
    EXPECT_TRUE(std::isnan(evaluate(activation_of(kind), std::nan("")))) << name_of(activation_of(kind).kind);
}

struct Ends {
  Activation activation;
  double below, above; ///< the limits; `above` infinity: the activation goes to x itself
};

const Ends ends[] = {
    {{ActivationKind::relu, 0, 0}, 0, infinity},       {{ActivationKind::relu6, 0, 0}, 0, 6},
    {{ActivationKind::leaky_relu, 0, 0}, 0, infinity}, {{ActivationKind::clip, -1, 2}, -1, 2},
    {{ActivationKind::sigmoid, 0, 0}, 0, 1},           {{ActivationKind::tanh, 0, 0}, -1, 1},
    {{ActivationKind::silu, 0, 0}, 0, infinity},       {{ActivationKind::hard_sigmoid, 0, 0}, 0, 1},
    {{ActivationKind::hard_swish, 0, 0}, 0, infinity}, {{ActivationKind::gelu, 0, 0}, 0, infinity},
    {{ActivationKind::gelu_tanh, 0, 0}, 0, infinity},  {{ActivationKind::elu, 1.5f, 0}, -1.5, infinity},
    {{ActivationKind::softplus, 0, 0}, 0, infinity},   {{ActivationKind::mish, 0, 0}, 0, infinity},
};

TEST(Activation, HugeArgumentsReachTheLimits) {
  for (const Ends &end : ends)
    for (const double x : {1e4, 1e30, 1e200, 1e308, infinity}) {
      EXPECT_EQ(evaluate(end.activation, -x), end.below) << name_of(end.activation.kind) << " at " << -x;
      EXPECT_EQ(evaluate(end.activation, x), end.above == infinity ? x : end.above)
          << name_of(end.activation.kind) << " at " << x;
    }
}

TEST(Activation, LeakyReluKeepsItsSlope) {
  const Activation leaky{ActivationKind::leaky_relu, 0.5f, 0};
  EXPECT_EQ(evaluate(leaky, -8), -4);
  EXPECT_EQ(evaluate(leaky, -infinity), -infinity);
}

} // namespace
} // namespace convforge
