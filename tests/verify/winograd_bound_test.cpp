// The bound of Winograd kernels, and what a check makes of their NaN and Inf.
#include "verify/bound.hpp"
#include "verify/compare.hpp"
#include "verify/oracle.hpp"
#include "verify/problem_list.hpp"
#include "verify/winograd_bound.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace convforge;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

// F(2,3) by hand. Filter (1, 0, 0) has the points 1, 1/2, 1/2, 0; input (1, 2, 4, 8) has magnitudes 1+4, 2+4,
// 2+4, 2+8.
TEST(WinogradBound, MagnitudesOfASmallCaseByHand) {
  const Problem problem = parse_problem_line("ic1ih1iw4oc1oh1ow2kh1kw3ph0pw0");
  const std::vector<float> input{1, 2, 4, 8}, weights{1, 0, 0};
  const std::vector<double> sums = winograd_magnitudes(problem, input, weights, {1, 2});
  ASSERT_EQ(sums.size(), 2u);
  EXPECT_EQ(sums[0], 5 + 3 + 3);
  EXPECT_EQ(sums[1], 3 + 3 + 0);
  EXPECT_EQ(winograd_roundings(problem, {1, 2}), 1 + 1 + 8);
}

// Stride 2, two outputs of three taps: F(2,2) at 0, 1 and infinity over the even samples (1, 4, 16), and the
// middle tap with the odd ones (2, 8). Filter (1, 3, 2) has the even points -1, 3 (of magnitude 1 + 2) and 2,
// the input magnitudes 1 + 4, 4 and 4 + 16.
TEST(WinogradBound, MagnitudesOfStrideTwoByHand) {
  const Problem problem = parse_problem_line("ic1ih1iw5oc1oh1ow2kh1kw3sh1sw2ph0pw0");
  const std::vector<float> input{1, 2, 4, 8, 16}, weights{1, 3, 2};
  const std::vector<double> sums = winograd_magnitudes(problem, input, weights, {1, 2});
  ASSERT_EQ(sums.size(), 2u);
  EXPECT_EQ(sums[0], 1 * 5 + 3 * 4 + 3 * 2);
  EXPECT_EQ(sums[1], 3 * 4 + 2 * 20 + 3 * 8);
  EXPECT_EQ(winograd_roundings(problem, {1, 2}), 1 + 1 + 10);
}

// F(2,3) down, the two columns as they are: filter (1, 0, 0) in the first and (0, 0, 4) in the second column,
// whose points are 0, 2, 2, 4; the input's columns are (1, 2, 4, 8) and all 1, of magnitudes 2 each.
TEST(WinogradBound, TapsOfAnAxisThatIsNotTransformedAreSummed) {
  const Problem problem = parse_problem_line("ic1ih4iw2oc1oh2ow1kh3kw2ph0pw0");
  const std::vector<float> input{1, 1, 2, 1, 4, 1, 8, 1}, weights{1, 0, 0, 0, 0, 4};
  const std::vector<double> sums = winograd_magnitudes(problem, input, weights, {2, 1});
  ASSERT_EQ(sums.size(), 2u);
  EXPECT_EQ(sums[0], (5 + 3 + 3) + 2 * 2 + 2 * 2);
  EXPECT_EQ(sums[1], (3 + 3) + 2 * 2 + 2 * 2 + 4 * 2);
  EXPECT_EQ(winograd_roundings(problem, {2, 1}), 1 * 2 + 1 + 8);
}

// Two planes of the filter over three of the input, the first of them of padding: the channels of both are
// one sum. By itself, filter (1, 0, 0) over (1, 2, 4, 8) gives 11 and 6, as above, and over (1, 1, 1, 1), of
// magnitudes 2, 2 + 1 + 1 and 1 + 1.
TEST(WinogradBound, PlanesOfAWindowAreSummed) {
  for (const char *layout : {"nhwc", "nchw"}) {
    const Problem problem =
        parse_problem_line("ic1id2ih1iw4oc1od2oh1ow2kd2kh1kw3pd1ph0pw0 --layout " + std::string(layout));
    const std::vector<float> input{1, 2, 4, 8, 1, 1, 1, 1}, weights{2, 0, 0, 1, 0, 0};
    const std::vector<double> sums = winograd_magnitudes(problem, input, weights, {1, 2});
    ASSERT_EQ(sums.size(), 4u);
    EXPECT_EQ(sums[0], 11);
    EXPECT_EQ(sums[1], 6);
    EXPECT_EQ(sums[2], 2 * 11 + 4);
    EXPECT_EQ(sums[3], 2 * 6 + 2);
    EXPECT_EQ(winograd_roundings(problem, {1, 2}), 2 + 1 + 8);
  }
}

// F(4,3) at 0, +-3/4, +-3/2 and infinity, and 6 outputs: of the last tile two are wanted, which takes four
// points, +-3/4 and +-3/2. Filter (1, 0, 0) and an input that is 1 below its first tap: 1 by all points, for
// only B^T's row of 0 reads that input; by four 2/3 for each of +-3/4 and 1/6 for each of +-3/2.
TEST(WinogradBound, HoldsForBothTransformsOfALastTile) {
  const Problem problem = parse_problem_line("ic1ih1iw8oc1oh1ow6kh1kw3ph0pw0");
  const std::vector<float> input{1, 0, 0, 0, 1, 0, 0, 0}, weights{1, 0, 0};
  const std::vector<double> sums = winograd_magnitudes(problem, input, weights, {1, 4});
  ASSERT_EQ(sums.size(), 6u);
  EXPECT_NEAR(sums[4], 5.0 / 3, 1e-12);
  const Problem wide = parse_problem_line("ic1ih1iw10oc1oh1ow8kh1kw3ph0pw0");
  const std::vector<float> longer{0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
  EXPECT_NEAR(winograd_magnitudes(wide, longer, weights, {1, 4})[4], 1, 1e-12);
}

// Two phases of dilation 2, each the small case of F(2,3) by hand: its input (1, 2, 4, 8), and twice that.
TEST(WinogradBound, EachPhaseOfADilationHasItsTiles) {
  const Problem problem = parse_problem_line("ic1ih1iw8oc1oh1ow4kh1kw3ph0pw0dw1");
  const std::vector<float> input{1, 2, 2, 4, 4, 8, 8, 16}, weights{1, 0, 0};
  const std::vector<double> expected{11, 22, 6, 12};
  EXPECT_EQ(winograd_magnitudes(problem, input, weights, {1, 2}), expected);
}

TEST(WinogradBound, IsNeverBelowDirects) {
  for (const char *line : {"mb2g2ic6ih7oc4kh3ph1", "ic3ih9iw6oc5oh9ow6kh3kw3ph1pw1 --layout nchw",
                           "ic2ih5oc3kh3ph2", "ic3ih9iw8oc5oh5ow8kh3kw3sh2sw1ph1pw1", "ic2ih11oc3kh3ph3dh2",
                           "ic2ih3iw13oc3kh3ph8dh7kw3pw2dw1", "ic3ih11oc2oh6kh3sh2ph1"}) {
    const Problem problem = parse_problem_line(line);
    const Tensors tensors = fill(problem, Fill::real, 1);
    const Sums direct = convolve(problem, tensors.input, tensors.weights);
    for (const WinogradTile &tile :
         {WinogradTile{2, 2}, WinogradTile{4, 4}, WinogradTile{4, 2}, WinogradTile{4, 1}}) {
      const std::vector<double> sums = winograd_magnitudes(problem, tensors.input, tensors.weights, tile);
      ASSERT_EQ(sums.size(), direct.magnitude.size());
      for (std::size_t i = 0; i < sums.size(); ++i)
        EXPECT_GE(sums[i], direct.magnitude[i] * (1 - 1e-12)) << line << " " << i;
    }
  }
}

// One row, tiles of 4 outputs from 6 inputs: input 3 lies in the windows of outputs 1 to 3 and in the tile of
// outputs 0 to 3. (With tiles of 2 outputs nothing but the windows is reached: zeros of the matrices are left
// out.)
struct Row {
  Problem problem = parse_problem_line("ic1ih1iw8oc1oh1ow6kh1kw3ph0pw0");
  Tensors tensors{std::vector<float>(8, 1.0f), {1, 1, 1}, {}};
  explicit Row(float special) { tensors.input[3] = special; }
  bool passes(const std::vector<float> &output) const {
    return Reference(problem, tensors, Fill::special, {{1, 4}}).compare(output).passed;
  }
};

TEST(WinogradBound, NanMayReachItsTilesAndMustReachItsWindows) {
  const Row row(nan);
  EXPECT_TRUE(row.passes({nan, nan, nan, nan, 3, 3}));
  EXPECT_TRUE(row.passes({3, nan, nan, nan, 3, 3}));
  EXPECT_FALSE(row.passes({nan, nan, 3, nan, 3, 3}));
  EXPECT_FALSE(row.passes({nan, nan, nan, nan, nan, 3}));
}

TEST(WinogradBound, AnInfiniteSumMayBeNan) {
  const Row row(infinity);
  EXPECT_TRUE(row.passes({nan, infinity, nan, -infinity, 3, 3}));
  EXPECT_FALSE(row.passes({nan, infinity, 1e30f, nan, 3, 3}));
  EXPECT_FALSE(row.passes({3, infinity, infinity, infinity, 3, infinity}));
}

TEST(WinogradBound, RefusesTilesWithoutPointsAndTensorsOfOtherSizes) {
  const Problem problem = parse_problem_line("ic1ih4oc1kh3ph1");
  EXPECT_ANY_THROW(winograd_magnitudes(problem, std::vector<float>(16), std::vector<float>(9), {7, 7}));
  EXPECT_ANY_THROW(winograd_magnitudes(problem, std::vector<float>(15), std::vector<float>(9), {2, 2}));
}

} // namespace
