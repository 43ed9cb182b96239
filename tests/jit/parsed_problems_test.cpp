// Problems by their text: each text its own problem, errors again and again, and a bound.
#include "parsed_problems.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

TEST(ParsedProblems, AreParsedOnceAndAsTheTextSays) {
  ParsedProblems problems(8);
  const convforge_jit_problem text = {"ic2ih4oc3kh3", "bias,relu", "nchw", "hwio", "exact"};
  const auto first = problems.parse(text);
  EXPECT_EQ(*first, Problem::parse("ic2ih4oc3kh3", {"bias,relu", "nchw", "hwio", "exact"}));
  EXPECT_EQ(problems.parse(text), first);
  EXPECT_EQ(*problems.parse({"ic2ih4oc3kh3", nullptr, nullptr, nullptr, nullptr}),
            Problem::parse("ic2ih4oc3kh3"));
}

TEST(ParsedProblems, TextsThatDifferInOneFieldAreApart) {
  ParsedProblems problems(8);
  const convforge_jit_problem texts[] = {
      {"ic2ih4oc3kh3", "bias", "nhwc", "hwio", "default"},
      {"ic2ih4oc3kh2", "bias", "nhwc", "hwio", "default"},
      {"ic2ih4oc3kh3", "bias,relu", "nhwc", "hwio", "default"},
      {"ic2ih4oc3kh3", "bias", "nchw", "hwio", "default"},
      {"ic2ih4oc3kh3", "bias", "nhwc", "oihw", "default"},
      {"ic2ih4oc3kh3", "bias", "nhwc", "hwio", "exact"},
      {.descriptor = "ic2ih4oc3kh3", .dtype = "f16"},
      {.descriptor = "ic2ih4oc3kh3", .dtype = "u8:s8:u8"},
      {.descriptor = "ic2ih4oc3kh3", .dtype = "u8:s8:u8", .zero_points = "1:2"},
      {.descriptor = "ic2ih4oc3kh3", .dtype = "u8:s8:u8", .rounding = "tflite"},
      {.descriptor = "ic2ih4oc3kh3", .dtype = "u8:s8:u8", .output_scale = "0.5"},
      {.descriptor = "ic2ih4oc3kh3ph1"},
      {.descriptor = "ic2ih4oc3kh3ph1", .padding_mode = "reflect"},
      {.descriptor = "ic2ih4oc3kh3ph1", .pooling = "max:kh2sh2"},
      {.descriptor = "ic2ih4oc3kh3", .strides = "0x1x0x3"},
      {.descriptor = "ic2ih4oc3kh3", .strides = "::0x1x0x4"},
      {.descriptor = "ic2ih4oc3kh3", .epilogue = "residual", .residual_strides = "0x1x0x4"}};
  for (const auto &a : texts)
    for (const auto &b : texts)
      EXPECT_EQ(*problems.parse(a) == *problems.parse(b), &a == &b);
}

TEST(ParsedProblems, AnErrorIsNotKept) {
  ParsedProblems problems(8);
  for (int i = 0; i < 2; i++)
    EXPECT_THROW(problems.parse({"ic0", nullptr, nullptr, nullptr, nullptr}), Error);
  EXPECT_THROW(problems.parse({}), Error);
}

TEST(ParsedProblems, AreBounded) {
  ParsedProblems problems(2);
  const convforge_jit_problem first = {"ic1ih1oc1kh1", nullptr, nullptr, nullptr, nullptr};
  const std::weak_ptr<const Problem> watched = problems.parse(first);
  EXPECT_FALSE(watched.expired());
  problems.parse({"ic2ih1oc1kh1", nullptr, nullptr, nullptr, nullptr});
  problems.parse({"ic3ih1oc1kh1", nullptr, nullptr, nullptr, nullptr});
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(*problems.parse(first), Problem::parse("ic1ih1oc1kh1"));
}

} // namespace
} // namespace convforge
