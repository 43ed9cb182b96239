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
                           "mish"})
    EXPECT_EQ(Epilogue::parse(text).text(), text);
}

TEST(Epilogue, SaysWhatItHas) {
  const Epilogue epilogue = Epilogue::parse("bias,clip:-1:2.5");
  EXPECT_TRUE(epilogue.has_bias());
  EXPECT_FALSE(epilogue.has_residual());
  EXPECT_TRUE(epilogue.has_activation());
  ASSERT_EQ(epilogue.ops().size(), 2u);
  EXPECT_EQ(epilogue.ops()[1].activation, (Activation{ActivationKind::clip, -1, 2.5f}));
  EXPECT_EQ(Epilogue::parse(""), Epilogue());
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
}

TEST(Epilogue, RefusesUnknownAndRepeatedOperations) {
  EXPECT_TRUE(
      contains(epilogue_error("bias,rely"), "epilogue: \"rely\" (expected operations separated by commas"));
  for (const char *text :
       {",", "bias,", ",bias", "bias,,relu", "bias relu", "bias, relu", "BIAS", "bias;relu"})
    EXPECT_TRUE(contains(epilogue_error(text), "expected operations separated by commas")) << text;
  for (const char *text : {"bias,bias", "residual,bias,residual", "relu,relu", "relu,bias,tanh"})
    EXPECT_TRUE(contains(epilogue_error(text), "at most one bias, one residual and one activation")) << text;
}

TEST(Epilogue, RefusesMissingSurplusAndBadNumbers) {
  EXPECT_EQ(epilogue_error("leaky_relu"),
            "epilogue: \"leaky_relu\" (expected leaky_relu:SLOPE, as in leaky_relu:0.1)");
  EXPECT_EQ(epilogue_error("elu"), "epilogue: \"elu\" (expected elu:ALPHA, as in elu:1)");
  for (const char *text : {"clip", "clip:1", "clip:1:2:3"})
    EXPECT_TRUE(contains(epilogue_error(text), "expected clip:LOW:HIGH")) << text;
  EXPECT_EQ(epilogue_error("relu:1"), "epilogue: \"relu:1\" (expected relu)");
  EXPECT_NE(epilogue_error("bias:1"), "no error");
  for (const char *text : {"elu:", "elu:x", "elu:1x", "elu: 1", "elu:+1", "elu:inf", "elu:-inf", "elu:nan",
                           "elu:1e39", "elu:1e-60", "elu:0x1", "elu:1,5", "clip:0:", "clip::1"})
    EXPECT_NE(epilogue_error(text), "no error") << text;
  EXPECT_EQ(epilogue_error("elu:1e39"),
            "epilogue: \"elu:1e39\" (expected finite numbers within float's range, not \"1e39\")");
  EXPECT_EQ(epilogue_error("clip:6:0"), "epilogue: \"clip:6:0\" (expected the lower bound first)");
  EXPECT_EQ(epilogue_error("clip:6:6"), "no error");
}

} // namespace
} // namespace convforge
