#include "verify/bound.hpp"
#include "verify/compare.hpp"

#include <cmath>
#include <gtest/gtest.h>

using namespace convforge;

namespace {

TEST(Bound, GammaIsHighams) {
  EXPECT_DOUBLE_EQ(error_gamma(0), 0);
  EXPECT_DOUBLE_EQ(error_gamma(1), 0x1p-24 / (1 - 0x1p-24));
  EXPECT_NEAR(error_gamma(1000), 1000 * 0x1p-24, 1e-8);
}

TEST(Bound, LeadingBiasIsTheContractsBound) {
  const Expected e = expect(Epilogue::parse("bias"), 27, {3, 50, {-2}});
  EXPECT_EQ(e.value, 1);
  EXPECT_DOUBLE_EQ(e.tolerance, error_gamma(28) * 52);
}

Expected stored(double value, double tolerance, ElementType type = ElementType::f16) {
  Expected e{value, tolerance};
  store(e, type);
  return e;
}

TEST(Bound, StoringHalvesTakesHalfAnUlp) {
  EXPECT_EQ(stored(1, 0x1p-20).tolerance, 0x1p-20 + 0x1p-11);
  EXPECT_EQ(stored(-1.9, 0x1p-20).tolerance, 0x1p-20 + 0x1p-11);
  EXPECT_EQ(stored(1.9999, 0.001).tolerance, 0.001 + 0x1p-10); // may be above 2
  EXPECT_EQ(stored(1e-7, 1e-12).tolerance, 1e-12 + 0x1p-25);   // subnormal
  EXPECT_EQ(stored(1, 0x1p-20, ElementType::f32).tolerance, 0x1p-20);
  EXPECT_FALSE(stored(65519, 0.5).overflows);
  EXPECT_TRUE(stored(-65519, 1).overflows);
  EXPECT_EQ(stored(65520, 1).tolerance, 1 + 16.0);
}

TEST(Bound, ExactValuesAreStoredAsWhatTheyRoundTo) {
  EXPECT_EQ(stored(2049, 0).value, 2048);
  EXPECT_EQ(stored(2051, 0).value, 2052);
  EXPECT_EQ(stored(-65520, 0).value, -INFINITY);
  EXPECT_EQ(stored(2049, 0, ElementType::f32).value, 2049);
  EXPECT_EQ(stored(2051, 0).tolerance, 0);
}

// The sum of two channels: 65520 may be either, and more must be infinity.
TEST(Bound, WhatMayOverflowMayBeInfinity) {
  const Problem problem = Problem::parse("ic2ih1oc1kh1", {.dtype = "f16"});
  const auto passes = [&](float second, float answer) {
    const Tensors tensors{{65504, second}, {1, 1}, {}};
    return Reference(problem, tensors, Fill::real).compare(std::vector<float>{answer}).passed;
  };
  EXPECT_TRUE(passes(16, INFINITY));
  EXPECT_TRUE(passes(16, 65504));
  EXPECT_FALSE(passes(16, -INFINITY));
  EXPECT_FALSE(passes(16, NAN));
  EXPECT_TRUE(passes(32, INFINITY));
  EXPECT_FALSE(passes(32, 65504));
  EXPECT_FALSE(passes(-32, INFINITY));
  EXPECT_TRUE(passes(-32, 65472));
}

TEST(Bound, PlainSum) {
  const Expected e = expect(Epilogue(), 27, {3, 50, {}});
  EXPECT_EQ(e.value, 3);
  EXPECT_DOUBLE_EQ(e.tolerance, error_gamma(27) * 50);
}

TEST(Bound, ReluKeepsTheErrorOfTheSum) {
  const Expected e = expect(Epilogue::parse("bias,relu"), 27, {3, 50, {-2}});
  EXPECT_EQ(e.value, 1);
  EXPECT_GE(e.tolerance, error_gamma(28) * 52);
  EXPECT_LE(e.tolerance, error_gamma(28) * 52 + 8 * 0x1p-23);
}

TEST(Bound, OrderOfTheEpilogueMatters) {
  const Element element{-5, 5, {3, 10}};
  EXPECT_EQ(expect(Epilogue::parse("bias,relu,residual"), 1, element).value, 10);
  EXPECT_EQ(expect(Epilogue::parse("bias,residual,relu"), 1, element).value, 8);
  EXPECT_EQ(expect(Epilogue::parse("relu,bias"), 1, {-5, 5, {3}}).value, 3);
}

TEST(Bound, AdditionsInARowMayBeReordered) {
  const Expected e = expect(Epilogue::parse("residual,bias"), 1, {0.25, 0.25, {-100, 100}});
  EXPECT_EQ(e.value, 0.25);
  EXPECT_DOUBLE_EQ(e.tolerance, error_gamma(3) * 200.25);
  const Expected after = expect(Epilogue::parse("relu,residual,bias"), 1, {0.25, 0.25, {-100, 100}});
  EXPECT_NEAR(after.tolerance, error_gamma(2) * 200.25, 1e-6);
}

TEST(Bound, NanAndInfAreExact) {
  EXPECT_EQ(expect(Epilogue::parse("bias"), 9, {INFINITY, INFINITY, {1}}).tolerance, 0);
  EXPECT_TRUE(std::isnan(expect(Epilogue::parse("bias,relu"), 9, {NAN, NAN, {1}}).value));
  const Expected e = expect(Epilogue::parse("bias,tanh,residual"), 9, {-INFINITY, INFINITY, {1, 0.5}});
  EXPECT_EQ(e.value, -0.5);
  EXPECT_LT(e.tolerance, 1e-6);
  EXPECT_GT(e.tolerance, 4 * 0x1p-24); // of tanh, although the answer is smaller
}

// One rounding of a product, and what the sum carried, widened by the factor.
TEST(Bound, ScaleMultipliesTheError) {
  const double u = error_gamma(1), sum = error_gamma(27) * 50;
  const Expected e = expect(Epilogue::parse("scale"), 27, {3, 50, {-4}});
  EXPECT_EQ(e.value, -12);
  EXPECT_NEAR(e.tolerance, 4 * sum + u * (12 + 4 * sum), 1e-18);
  const Expected shifted = expect(Epilogue::parse("scale,bias"), 27, {3, 50, {-4, 2}});
  EXPECT_EQ(shifted.value, -10);
  EXPECT_NEAR(shifted.tolerance, 4 * sum + error_gamma(2) * (14 + 4 * sum), 1e-18);
  const Expected affine = expect(Epilogue::parse("affine:-4:2"), 27, {3, 50, {}});
  EXPECT_EQ(affine.value, shifted.value);
  EXPECT_EQ(affine.tolerance, shifted.tolerance);
}

TEST(Bound, PreluIsAsSteepAsItsSlopeOrOne) {
  const double sum = error_gamma(27) * 50;
  const Expected above = expect(Epilogue::parse("prelu"), 27, {3, 50, {-4}}),
                 below = expect(Epilogue::parse("prelu"), 27, {-3, 50, {-4}}),
                 flat = expect(Epilogue::parse("prelu"), 27, {-3, 50, {0.25}});
  EXPECT_EQ(above.value, 3);
  EXPECT_EQ(below.value, 12);
  EXPECT_EQ(flat.value, -0.75);
  EXPECT_GE(above.tolerance, 4 * sum); // an exact 3 may come from a kernel's number below zero
  EXPECT_GE(below.tolerance, 4 * sum);
  EXPECT_GE(flat.tolerance, sum);
  EXPECT_LE(flat.tolerance, 1.001 * sum + 0x1p-24);
}

TEST(Bound, MinusInfinityTimesAZeroIsNan) {
  for (const char *text : {"prelu", "scale"})
    EXPECT_TRUE(std::isnan(expect(Epilogue::parse(text), 9, {-INFINITY, INFINITY, {0}}).value)) << text;
  EXPECT_EQ(expect(Epilogue::parse("prelu"), 9, {-INFINITY, INFINITY, {2}}).value, -INFINITY);
  EXPECT_EQ(expect(Epilogue::parse("prelu"), 9, {INFINITY, INFINITY, {0}}).value, INFINITY);
  EXPECT_TRUE(std::isnan(expect(Epilogue::parse("prelu"), 9, {NAN, NAN, {0}}).value));
}

TEST(Bound, WhatComesBackFromInfinityHasATolerance) {
  const Expected e = expect(Epilogue::parse("sigmoid,scale,tanh"), 9, {INFINITY, INFINITY, {0.5}});
  EXPECT_DOUBLE_EQ(e.value, std::tanh(0.5));
  EXPECT_GT(e.tolerance, 0x1p-24);
  EXPECT_LT(e.tolerance, 1e-5);
}

TEST(Bound, ExactEpilogues) {
  for (const char *text : {"", "bias", "bias,relu", "bias,residual,relu6", "clip:-1:2,residual",
                           "clip:-1:2,residual,bias", "clip:-0.5:2,bias", "bias,leaky_relu:0.1",
                           "scale,bias,prelu,scale,residual,bias", "bias,relu,relu6,relu,clip:0:3",
                           "affine:-1:5", "affine:0.5:0", "clip:0:0.5,scale,prelu", "leaky_relu:-1,bias"})
    EXPECT_TRUE(is_exact(Epilogue::parse(text))) << text;
  for (const char *text :
       {"sigmoid", "leaky_relu:0.1,residual", "clip:-0.5:2,residual,bias", "hard_swish", "gelu",
        "affine:0.5:1", "affine:-2:5", "affine:2:0,affine:2:0", "affine:0.5:0,scale,bias"})
    EXPECT_FALSE(is_exact(Epilogue::parse(text))) << text;
}

TEST(Bound, ExactExpectationRoundsAsFloatDoes) {
  const Expected e = expect_exact(Epilogue::parse("bias,leaky_relu:0.1"), {-8, 8, {1}});
  EXPECT_EQ(e.value, static_cast<double>(-7.0f * 0.1f));
  EXPECT_EQ(e.tolerance, 0);
}

TEST(Bound, ExactExpectationTakesOperandsInTheirOrder) {
  const Expected e =
      expect_exact(Epilogue::parse("scale,bias,prelu,affine:3:0.5,bias"), {5, 5, {-2, 1, -1, 4}});
  EXPECT_EQ(e.value, ((5 * -2 + 1) * -1) * 3 + 0.5 + 4);
}

TEST(Bound, LipschitzConstantsHold) {
  for (const char *text :
       {"relu", "relu6", "leaky_relu:0.1", "leaky_relu:-3", "clip:-1:2", "sigmoid", "tanh", "silu",
        "hard_sigmoid", "hard_swish", "gelu", "gelu_tanh", "elu:1", "elu:2.5", "softplus", "mish"}) {
    const Activation activation = Epilogue::parse(text).ops().front().activation;
    const double constant = lipschitz(activation), step = 1e-3;
    double steepest = 0;
    for (double x = -20; x < 20; x += step)
      steepest =
          std::max(steepest, std::abs(evaluate(activation, x + step) - evaluate(activation, x)) / step);
    EXPECT_LE(steepest, constant * (1 + 1e-9)) << text;
    EXPECT_GE(steepest, constant * 0.98) << text; // and no larger than needed
  }
}

} // namespace
