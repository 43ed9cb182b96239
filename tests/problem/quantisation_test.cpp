// Problems of 8-bit integers: what is said of them, what it means in steps, and what is refused.
#include "messages.hpp"
#include "problem/problem.hpp"

#include <gtest/gtest.h>

#include <string>

namespace convforge {
namespace {

constexpr const char *quantised_shape = "ic3ih5oc4kh3";

Problem quantised(const ProblemText &text) {
  return Problem::parse(quantised_shape, text);
}

std::string refusal(const ProblemText &text, const char *descriptor = quantised_shape) {
  return error_of([&] { Problem::parse(descriptor, text); });
}

TEST(Quantisation, IsReadFromText) {
  const Problem problem = quantised(
      {.dtype = "u8:s8:u8", .zero_points = "128:3", .rounding = "tflite_single", .output_scale = "0.0235"});
  EXPECT_EQ(problem.quantisation, (Quantisation{128, 3, Rounding::tflite_single, 0.0235f}));
  EXPECT_TRUE(problem.types.quantised() && problem.types.requantises());
  EXPECT_EQ(problem.types.accumulator(), ElementType::s32);
  EXPECT_EQ(quantised({.dtype = "s8:s8:s8", .zero_points = "-128:127"}).quantisation.source_zero_point, -128);
  EXPECT_EQ(quantised({.dtype = "u8:s8:u8"}).quantisation, Quantisation{});
}

TEST(Quantisation, EveryFieldIsComparedAndInTheCanonicalText) {
  const ProblemText plain{.dtype = "u8:s8:u8"};
  const ProblemText others[] = {{.dtype = "u8:s8:u8", .zero_points = "1:0"},
                                {.dtype = "u8:s8:u8", .zero_points = "0:1"},
                                {.dtype = "u8:s8:u8", .rounding = "tflite"},
                                {.dtype = "u8:s8:u8", .output_scale = "1"},
                                {.dtype = "s8:s8:s8"},
                                {.dtype = "u8:s8:s32"}};
  for (const ProblemText &other : others) {
    EXPECT_NE(quantised(other), quantised(plain));
    EXPECT_NE(quantised(other).canonical(), quantised(plain).canonical());
    EXPECT_NE(hash_value(quantised(other)), hash_value(quantised(plain)));
    EXPECT_EQ(quantised(other), quantised(other));
  }
}

TEST(Quantisation, LimitsAreInSteps) {
  const auto steps = [](std::string_view epilogue, std::string_view types = "u8:s8:u8",
                        std::string_view zero_points = "0:10") {
    const Steps limits = steps_of_output(quantised(
        {.epilogue = epilogue, .dtype = types, .zero_points = zero_points, .output_scale = "0.125"}));
    return std::pair(limits.low, limits.high);
  };
  EXPECT_EQ(steps(""), std::pair(0, 255));
  EXPECT_EQ(steps("", "s8:s8:s8"), std::pair(-128, 127));
  EXPECT_EQ(steps("bias,relu"), std::pair(10, 255));
  EXPECT_EQ(steps("relu6"), std::pair(10, 58));
  EXPECT_EQ(steps("clip:-0.5625:0.3125"), std::pair(5, 13)); // -4.5 and 2.5 steps: away from zero
  EXPECT_EQ(steps("clip:-100:100"), std::pair(0, 255));
  EXPECT_EQ(steps("clip:100:200"), std::pair(255, 255)); // beyond the type: its end
  EXPECT_EQ(steps("clamp:3:200"), std::pair(3, 200));
  EXPECT_EQ(steps("clamp:-100:200"), std::pair(0, 200));
  EXPECT_EQ(steps("clamp:-100:200", "s8:s8:s8"), std::pair(-100, 127));
  EXPECT_EQ(steps("relu", "s8:s8:s8", "0:-128"), std::pair(-128, 127));
}

// 6 / 2.4 in float is 2.5, though the float of 2.4 is a little more: LiteRT divides floats.
TEST(Quantisation, LimitsAreDividedInFloat) {
  const Problem problem =
      quantised({.epilogue = "relu6", .dtype = "u8:s8:u8", .zero_points = "0:10", .output_scale = "2.4"});
  EXPECT_EQ(steps_of_output(problem).high, 13);
}

TEST(Quantisation, RefusesZeroPointsThatNoElementHas) {
  EXPECT_EQ(refusal({.dtype = "u8:s8:u8", .zero_points = "-1:0"}),
            "source's zero point: -1 (expected 0 to 255, which is what u8 holds)");
  EXPECT_EQ(refusal({.dtype = "s8:s8:s8", .zero_points = "128:0"}),
            "source's zero point: 128 (expected -128 to 127, which is what s8 holds)");
  EXPECT_TRUE(contains(refusal({.dtype = "u8:s8:u8", .zero_points = "0:256"}), "destination's zero point"));
  for (const char *text : {"1", "1:2:3", ":", "1:", "a:b", "1.5:0", "99999999999:0"})
    EXPECT_TRUE(contains(refusal({.dtype = "u8:s8:u8", .zero_points = text}), "as in 128:3")) << text;
}

TEST(Quantisation, RefusesOtherNumbers) {
  for (const char *text : {"0", "-1", "inf", "nan", "1e99", "x", "1x"})
    EXPECT_TRUE(contains(refusal({.dtype = "u8:s8:u8", .output_scale = text}), "output scale")) << text;
  EXPECT_TRUE(contains(refusal({.dtype = "u8:s8:u8", .rounding = "up"}), "rounding"));
}

TEST(Quantisation, StandsBeside8BitIntegersOnly) {
  EXPECT_TRUE(contains(refusal({.zero_points = "1:0"}), "none of them, or 8-bit integers"));
  EXPECT_TRUE(contains(refusal({.dtype = "f16", .rounding = "tflite"}), "beside f16"));
  EXPECT_TRUE(contains(refusal({.output_scale = "1"}), "none of them"));
  for (const char *types : {"u8:s8:s32", "s8:s8:f32"}) {
    EXPECT_EQ(refusal({.dtype = types, .zero_points = "1:0"}), "no error");
    EXPECT_TRUE(contains(refusal({.dtype = types, .zero_points = "0:1"}), "no 8-bit integers are stored"));
    EXPECT_TRUE(contains(refusal({.dtype = types, .rounding = "tflite"}), "no 8-bit integers are stored"));
    EXPECT_TRUE(contains(refusal({.dtype = types, .output_scale = "1"}), "no 8-bit integers are stored"));
  }
  EXPECT_TRUE(contains(refusal({.epilogue = "clamp:0:1"}), "an 8-bit destination"));
  EXPECT_TRUE(contains(refusal({.epilogue = "residual:1:0"}), "a residual without numbers"));
}

TEST(Quantisation, DoesNotMixWithHalves) {
  for (const char *types : {"u8:f16:u8", "f16:s8:f16", "s8:s8:f16"})
    EXPECT_TRUE(contains(refusal({.dtype = types}), "halves and 8-bit integers do not mix")) << types;
  for (const char *types : {"s8:s8:u8", "u8:u8:u8", "u8:s8:s8", "s32", "f64", "s8:s8:s16"})
    EXPECT_TRUE(contains(refusal({.dtype = types}), "expected f32, f16")) << types;
}

TEST(Quantisation, EpilogueOf8BitsIsBiasResidualLimits) {
  const auto error = [](std::string_view epilogue, std::string_view rounding = "onnx") {
    return refusal({.epilogue = epilogue, .dtype = "u8:s8:u8", .rounding = rounding});
  };
  for (const char *text : {"", "bias", "bias,residual:0.5:3,relu", "residual:0.5:3", "clamp:1:2", "relu"})
    EXPECT_EQ(error(text), "no error") << text;
  for (const char *text : {"scale", "prelu", "bias,sigmoid", "affine:1:2", "leaky_relu:0.1"})
    EXPECT_TRUE(contains(error(text), "--dtype u8:s8:f32 takes every operation")) << text;
  for (const char *text : {"bias,bias", "relu,bias", "relu,clamp:1:2", "relu,residual:1:0", "clamp:1:2,relu"})
    EXPECT_TRUE(contains(error(text), "each at most once")) << text;
  EXPECT_TRUE(contains(error("residual"), "residual:FACTOR:ZERO_POINT for 8-bit results"));
  EXPECT_TRUE(contains(error("residual:1:-1"), "residual's zero point"));
  for (const char *rule : {"tflite", "tflite_single"})
    EXPECT_TRUE(contains(error("residual:1:0", rule), "no residual beside --rounding")) << rule;
  for (const char *text : {"relu6", "clip:0:1"})
    EXPECT_TRUE(contains(error(text), "--output-scale beside it")) << text;
}

TEST(Quantisation, EpilogueOfWiderDestinations) {
  const auto error = [](std::string_view types, std::string_view epilogue) {
    return refusal({.epilogue = epilogue, .dtype = types});
  };
  EXPECT_EQ(error("u8:s8:s32", "bias"), "no error");
  for (const char *text : {"relu", "bias,relu", "scale", "bias,residual"})
    EXPECT_TRUE(contains(error("u8:s8:s32", text), "bias or nothing")) << text;
  EXPECT_EQ(error("s8:s8:f32", "bias,scale,prelu,residual,affine:2:1,gelu,relu6,clip:0:1"), "no error");
  for (const char *text : {"relu,bias", "bias,bias", "scale,bias"})
    EXPECT_TRUE(contains(error("s8:s8:f32", text), "part of the sums")) << text;
  EXPECT_TRUE(contains(error("s8:s8:f32", "residual:1:0"), "a residual without numbers"));
  EXPECT_TRUE(contains(error("s8:s8:f32", "clamp:0:1"), "an 8-bit destination"));
}

// 65793 = (2^31 - 1) / (255 * 128) products at most, whatever they are.
TEST(Quantisation, SumsFitInto32Bits) {
  EXPECT_EQ(refusal({.dtype = "u8:s8:u8"}, "ic65793ih1oc1kh1"), "no error");
  EXPECT_TRUE(contains(refusal({.dtype = "u8:s8:u8"}, "ic65794ih1oc1kh1"),
                       "taps of an output: 65794 (expected at most 65793"));
  EXPECT_EQ(refusal({.dtype = "u8:s8:u8"}, "g65794ic65794ih1oc65794kh1"), "no error");
}

} // namespace
} // namespace convforge
