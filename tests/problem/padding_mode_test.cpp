// Padding by the input's own elements: which ones, what is refused, and a mode without padding.
#include "base/error.hpp"
#include "problem/problem.hpp"
#include "problem/problem_flags.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace convforge {
namespace {

std::vector<std::int64_t> around(PaddingMode mode, int begin, int end, int input) {
  std::vector<std::int64_t> elements;
  for (int at = -begin; at < input + end; at++)
    elements.push_back(element_at(mode, at, input));
  return elements;
}

Problem padded_problem(const char *descriptor, const char *mode) {
  return Problem::parse(descriptor, {.padding_mode = mode});
}

std::string padding_error(const char *descriptor, const char *mode) {
  try {
    padded_problem(descriptor, mode);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

// numpy.pad(range(4), (3, 2), mode) with "constant", "reflect", "edge" and "wrap".
TEST(PaddingMode, TakesTheElementsThatNumpyTakes) {
  using Elements = std::vector<std::int64_t>;
  EXPECT_EQ(around(PaddingMode::zeros, 3, 2, 4), (Elements{-1, -1, -1, 0, 1, 2, 3, -1, -1}));
  EXPECT_EQ(around(PaddingMode::reflect, 3, 2, 4), (Elements{3, 2, 1, 0, 1, 2, 3, 2, 1}));
  EXPECT_EQ(around(PaddingMode::replicate, 3, 2, 4), (Elements{0, 0, 0, 0, 1, 2, 3, 3, 3}));
  EXPECT_EQ(around(PaddingMode::circular, 3, 2, 4), (Elements{1, 2, 3, 0, 1, 2, 3, 0, 1}));
}

TEST(PaddingMode, FurtherOutIsAnElementAtAnEnd) {
  for (const PaddingMode mode : {PaddingMode::reflect, PaddingMode::replicate, PaddingMode::circular})
    for (int input = 1; input < 4; input++)
      for (const std::int64_t element : around(mode, 9, 9, input)) {
        EXPECT_GE(element, 0);
        EXPECT_LT(element, input);
      }
}

TEST(PaddingMode, WantsTheElementsThatItTakes) {
  EXPECT_EQ(padding_error("ic1ih3oc1kh7ph3", "reflect"),
            "ph: 3 (expected at most 2 with padding mode reflect and ih 3)");
  EXPECT_EQ(padding_error("ic1ih3oc1kh7ph3", "circular"), "");
  EXPECT_EQ(padding_error("ic1ih3oc1kh9ph4", "circular"),
            "ph: 4 (expected at most 3 with padding mode circular and ih 3)");
  EXPECT_EQ(padding_error("ic1ih3oc1kh9ph4", "replicate"), "");
  EXPECT_EQ(padding_error("ic1ih3iw9oc1oh3ow9kh4kw1ph1pw0", "reflect"), "");
  EXPECT_EQ(padding_error("ic1ih3iw9oc1oh4ow9kh5kw1ph2pw0", "reflect"),
            "eh: 3 (expected at most 2 with padding mode reflect and ih 3)");
  EXPECT_EQ(padding_error("ic1id2ih9oc1kd5kh3pd2ph1", "reflect"),
            "pd: 2 (expected at most 1 with padding mode reflect and id 2)");
  EXPECT_EQ(padding_error("ic1ih3oc1kh3ph1", "edge"),
            "padding mode: \"edge\" (expected zeros or reflect or replicate or circular)");
}

TEST(PaddingMode, IsPartOfTheProblem) {
  const Problem zeros = Problem::parse("ic2ih5oc3kh3ph1");
  EXPECT_EQ(zeros.canonical().find("padding"), std::string::npos);
  std::vector<Problem> all = {zeros};
  for (const char *mode : {"reflect", "replicate", "circular"}) {
    const Problem problem = padded_problem("ic2ih5oc3kh3ph1", mode);
    EXPECT_TRUE(problem.canonical().ends_with(std::string(" padding-mode=") + mode)) << problem.canonical();
    for (const Problem &other : all) {
      EXPECT_FALSE(problem == other);
      EXPECT_NE(hash_value(problem), hash_value(other));
    }
    all.push_back(problem);
  }
}

TEST(PaddingMode, IsNoneWithoutPadding) {
  const Problem plain = Problem::parse("ic2ih5oc3kh3"), problem = padded_problem("ic2ih5oc3kh3", "reflect");
  EXPECT_EQ(problem.pads_with(), PaddingMode::zeros);
  EXPECT_EQ(problem, plain);
  EXPECT_EQ(hash_value(problem), hash_value(plain));
  EXPECT_EQ(problem.canonical(), plain.canonical());
  EXPECT_TRUE(problem_flags(problem).empty());
}

} // namespace
} // namespace convforge
