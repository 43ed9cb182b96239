#include "messages.hpp"
#include "problem/epilogue.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <limits>

namespace convforge {
namespace {

TEST(Epilogue, KeepsTheOrderWritten) {
  for (const char *text : {"",
                           "bias",
                           "relu",
                           "residual",
                           "bias,relu",
                           "bias,residual,relu",
                           "bias,relu,residual",
                           "residual,bias",
                           "relu,bias",
                           "bias,scale,bias,prelu,affine:1.1:0.2,residual,residual,relu,tanh,relu",
                           "affine:-0.5:1e-20",
                           "bias,bias,bias,bias,bias,bias,bias,bias,bias,bias,bias,bias,bias,bias,bias,bias",
                           "bias,leaky_relu:0.1",
                           "bias,clip:0:6",
                           "elu:1",
                           "relu6",
                           "sigmoid",
                           "tanh",
                           "silu",
                           "hard_sigmoid",
                           "hard_swish",
                           "gelu",
                           "gelu_tanh",
                           "softplus",
                           "mish",
                           "bias,residual:0.75:128,clamp:-128:127",
                           "residual:1e-05:0",
                           "clamp:0:0"})
    EXPECT_EQ(Epilogue::parse(text).text(), text);
}

TEST(Epilogue, SaysWhatItHas) {
  const Epilogue epilogue = Epilogue::parse("bias,clip:-1:2.5,bias,affine:1.5:-2");
  EXPECT_EQ(epilogue.count(EpilogueOp::Kind::bias), 2);
  EXPECT_EQ(epilogue.count(EpilogueOp::Kind::residual), 0);
  EXPECT_EQ(epilogue.count(EpilogueOp::Kind::activation), 1);
  ASSERT_EQ(epilogue.ops().size(), 4u);
  EXPECT_EQ(epilogue.ops()[1].activation, (Activation{ActivationKind::clip, -1, 2.5f}));
  EXPECT_EQ(epilogue.ops()[3].factor, 1.5f);
  EXPECT_EQ(epilogue.ops()[3].summand, -2);
  EXPECT_EQ(Epilogue::parse(""), Epilogue());
}

TEST(Epilogue, HasOneTableOfOperations) {
  using Kind = EpilogueOp::Kind;
  EXPECT_EQ(name_of(Kind::prelu), "prelu");
  EXPECT_EQ(arithmetic_of(Kind::residual), arithmetic_of(Kind::bias));
  ASSERT_TRUE(tensor_of(Kind::scale));
  EXPECT_EQ(tensor_of(Kind::scale)->use, OpTensor::Use::factor);
  EXPECT_EQ(tensor_of(Kind::residual)->shape, OpTensor::Shape::like_output);
  EXPECT_FALSE(tensor_of(Kind::affine));
  EXPECT_EQ(name_of(Kind::activation), "");
  EXPECT_EQ(arithmetic_of(Kind::activation), EpilogueOp::Arithmetic::activate);
  EXPECT_FALSE(tensor_of(Kind::activation));
}

TEST(Epilogue, NumbersSurviveToTheBit) {
  std::uint32_t bits = 1;
  for (int i = 0; i < 20000; ++i) {
    bits = bits * 1664525u + 1013904223u;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    if (!(std::abs(value) <= std::numeric_limits<float>::max()))
      continue;
    char text[64];
    std::snprintf(text, sizeof text, "leaky_relu:%.9g", static_cast<double>(value));
    const Epilogue parsed = Epilogue::parse(text);
    const float once = parsed.ops()[0].activation.a,
                twice = Epilogue::parse(parsed.text()).ops()[0].activation.a;
    EXPECT_EQ(std::memcmp(&once, &value, sizeof value), 0) << text;
    EXPECT_EQ(std::memcmp(&twice, &value, sizeof value), 0) << parsed.text();
  }
}

TEST(Epilogue, MinusZeroBecomesZero) {
  EXPECT_EQ(Epilogue::parse("clip:-0:6").text(), "clip:0:6");
  EXPECT_EQ(Epilogue::parse("clip:-0.0:6"), Epilogue::parse("clip:0:6"));
  EXPECT_EQ(Epilogue::parse("affine:1:-0").text(), "affine:1:0");
}

TEST(Epilogue, RefusesUnknownAndTooManyOperations) {
  EXPECT_TRUE(
      contains(epilogue_error("bias,rely"), "epilogue: \"rely\" (expected operations separated by commas"));
  for (const char *text :
       {",", "bias,", ",bias", "bias,,relu", "bias relu", "bias, relu", "BIAS", "bias;relu"})
    EXPECT_TRUE(contains(epilogue_error(text), "expected operations separated by commas")) << text;
  std::string longest = "bias";
  while (longest.size() < 5 * Epilogue::most_operations - 1)
    longest += ",bias";
  EXPECT_EQ(epilogue_error(longest.c_str()), "no error");
  EXPECT_EQ(epilogue_error((longest + ",relu").c_str()), "epilogue: 17 operations (expected at most 16)");
  std::string hostile;
  for (int i = 0; i < 100000; ++i)
    hostile += "scale,";
  EXPECT_EQ(epilogue_error(hostile.c_str()), "epilogue: 100001 operations (expected at most 16)");
}

TEST(Epilogue, RefusesMissingSurplusAndBadNumbers) {
  EXPECT_EQ(epilogue_error("leaky_relu"),
            "epilogue: \"leaky_relu\" (expected leaky_relu:SLOPE, as in leaky_relu:0.1)");
  EXPECT_EQ(epilogue_error("elu"), "epilogue: \"elu\" (expected elu:ALPHA, as in elu:1)");
  for (const char *text : {"clip", "clip:1", "clip:1:2:3"})
    EXPECT_TRUE(contains(epilogue_error(text), "expected clip:LOW:HIGH")) << text;
  EXPECT_EQ(epilogue_error("relu:1"), "epilogue: \"relu:1\" (expected relu)");
  EXPECT_EQ(epilogue_error("bias:1"), "epilogue: \"bias:1\" (expected bias)");
  EXPECT_EQ(epilogue_error("scale:2"), "epilogue: \"scale:2\" (expected scale)");
  EXPECT_EQ(epilogue_error("prelu:0.1"), "epilogue: \"prelu:0.1\" (expected prelu)");
  for (const char *text : {"affine", "affine:1", "affine:1:2:3"})
    EXPECT_TRUE(contains(epilogue_error(text), "expected affine:FACTOR:SUMMAND, as in affine:1.1:0.2"))
        << text;
  for (const char *text : {"affine:1:", "affine::1", "affine:inf:0", "affine:1:nan", "affine:1e39:0"})
    EXPECT_NE(epilogue_error(text), "no error") << text;
  for (const char *text : {"elu:", "elu:x", "elu:1x", "elu: 1", "elu:+1", "elu:inf", "elu:-inf", "elu:nan",
                           "elu:1e39", "elu:1e-60", "elu:0x1", "elu:1,5", "clip:0:", "clip::1"})
    EXPECT_NE(epilogue_error(text), "no error") << text;
  EXPECT_EQ(epilogue_error("elu:1e39"),
            "epilogue: \"elu:1e39\" (expected finite numbers within float's range, not \"1e39\")");
  EXPECT_EQ(epilogue_error("clip:6:0"), "epilogue: \"clip:6:0\" (expected the lower bound first)");
  EXPECT_EQ(epilogue_error("clip:6:6"), "no error");
  for (const char *text : {"residual:1", "residual:1:2:3"})
    EXPECT_TRUE(contains(epilogue_error(text), "expected residual, or residual:FACTOR:ZERO_POINT")) << text;
  for (const char *text : {"residual:0:1", "residual:-1:1", "residual:1:0.5", "residual:1:256"})
    EXPECT_TRUE(contains(epilogue_error(text), "a factor above 0 and a whole number as zero point")) << text;
  for (const char *text : {"clamp:0.5:1", "clamp:0:256", "clamp:-300:1"})
    EXPECT_TRUE(contains(epilogue_error(text), "whole numbers of steps, from -128 to 255")) << text;
  EXPECT_TRUE(contains(epilogue_error("clamp:3:2"), "the lower bound first"));
  EXPECT_TRUE(contains(epilogue_error("clamp"), "expected clamp:LOW:HIGH in steps"));
  for (const char *text : {"affine:0:1", "affine:-0:1"})
    EXPECT_TRUE(contains(epilogue_error(text), "a factor other than 0, which would forget NaN")) << text;
}

} // namespace
} // namespace convforge
