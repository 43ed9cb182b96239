// Problems as flags: each flag sets its text, and the flags of a problem give it back.
#include "problem/problem_flags.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

constexpr const char *shape = "mb2ic16ih8oc24kh3ph1";

Problem parsed(const std::vector<std::pair<std::string, std::string>> &flags) {
  ProblemText text;
  for (const auto &[flag, value] : flags)
    for (const ProblemFlag &one : all_problem_flags())
      if (one.flag == flag)
        text.*one.text = value;
  return Problem::parse(shape, text);
}

TEST(ProblemFlags, OfAPlainProblemAreNone) {
  EXPECT_TRUE(problem_flags(parsed({})).empty());
  EXPECT_TRUE(problem_flags(parsed({{"--weights-layout", "hwio"}, {"--math", "default"}})).empty());
}

TEST(ProblemFlags, GiveTheProblemBack) {
  const std::vector<std::pair<std::string, std::string>> all = {{"--layout", "nchw"},
                                                                {"--weights-layout", "hwio"},
                                                                {"--epilogue", "bias,residual,clip:-1:2.5"},
                                                                {"--dtype", "f32:f16:f32"},
                                                                {"--math", "fast"},
                                                                {"--strides", "2000x100x10x1::"},
                                                                {"--residual-strides", "4000x100x10x1"}};
  const Problem problem = parsed(all);
  EXPECT_EQ(problem_flags(problem), all);
  EXPECT_EQ(parsed(problem_flags(problem)), problem);
}

TEST(ProblemFlags, GiveAQuantisedProblemBack) {
  const std::vector<std::pair<std::string, std::string>> all = {
      {"--layout", "nchw"},          {"--weights-layout", "hwio"}, {"--epilogue", "bias,clip:-1:2.5"},
      {"--dtype", "u8:s8:u8"},       {"--math", "fast"},           {"--strides", "2000x100x10x1::"},
      {"--zero-points", "128:3"},    {"--rounding", "tflite"},     {"--output-scale", "0.02"},
      {"--padding-mode", "circular"}};
  // Every flag, in the list's order, but for the residual's and the pooling, which these rules have none of.
  std::vector<std::string_view> names;
  for (const ProblemFlag &flag : all_problem_flags())
    if (flag.flag != "--residual-strides" && flag.flag != "--pooling")
      names.push_back(flag.flag);
  ASSERT_EQ(all.size(), names.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(names[i], all[i].first);
  const Problem problem = parsed(all);
  EXPECT_EQ(problem_flags(problem), all);
  EXPECT_EQ(parsed(problem_flags(problem)), problem);
  EXPECT_TRUE(problem_flags(parsed({{"--zero-points", "0:0"}, {"--rounding", "onnx"}})).empty());
}

TEST(ProblemFlags, SayTheWeightsLayoutThatIsNotItsLayouts) {
  const std::vector<std::pair<std::string, std::string>> flags = {{"--weights-layout", "oihw"}};
  EXPECT_EQ(problem_flags(parsed(flags)), flags);
  EXPECT_EQ(problem_flags(parsed({{"--layout", "nchw"}})).size(), 1u);
}

} // namespace
} // namespace convforge
