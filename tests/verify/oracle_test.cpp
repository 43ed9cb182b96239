#include "verify/oracle.hpp"

#include "base/error.hpp"
#include "verify/fill.hpp"
#include "verify/random_problem.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace convforge;

namespace {

Problem nchw(Problem problem) {
  problem.layout = Layout::nchw;
  problem.weights_layout = WeightsLayout::oihw;
  return problem;
}

// Channels of 1, 100 and 10000 under a 2x2 kernel of ones: 4 * 10101 everywhere.
TEST(Oracle, SumsOverChannels) {
  const Problem problem = Problem::parse("ic3ih3oc1kh2");
  std::vector<float> input;
  for (int pixel = 0; pixel < 9; ++pixel)
    input.insert(input.end(), {1, 100, 10000});
  EXPECT_EQ(convolve(problem, input, std::vector<float>(12, 1)).value, std::vector<double>(4, 40404));
}

// Each output is the flattened patch [27] times the weights [27, 2].
TEST(Oracle, IsAPatchTimesAMatrix) {
  const Problem problem = Problem::parse("ic3ih4oc2kh3");
  std::vector<float> input(48), weights(54);
  for (std::size_t i = 0; i < input.size(); ++i)
    input[i] = static_cast<float>(i % 7) - 3;
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<float>(i % 5) * (i % 2 ? -1.0f : 2.0f);
  const Sums sums = convolve(problem, input, weights);
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 2; ++x)
      for (int k = 0; k < 2; ++k) {
        double value = 0;
        for (int i = 0; i < 27; ++i)
          value +=
              static_cast<double>(input[((y + i / 9) * 4 + x + i / 3 % 3) * 3 + i % 3]) * weights[i * 2 + k];
        EXPECT_EQ(sums.value[(y * 2 + x) * 2 + k], value);
      }
}

TEST(Oracle, PaddingAddsNothing) {
  const Problem problem = Problem::parse("ic1ih1oc1kh3ph1");
  std::vector<float> weights(9, INFINITY); // 0 * Inf would be NaN
  weights[4] = 5;
  const Sums sums = convolve(problem, std::vector<float>{-2}, weights);
  EXPECT_EQ(sums.value, std::vector<double>{-10});
  EXPECT_EQ(sums.magnitude, std::vector<double>{10});
}

TEST(Oracle, DilationStrideAndUnevenPadding) {
  // Taps at 2*o - 1 + {0, 3}: output 0 sees [pad, 2], output 1 sees [1, 4], output 2 sees [3, pad].
  const Problem problem = Problem::parse("ic1iw5oc1ow3kw2sw2pw1dw2");
  const Sums sums = convolve(problem, std::vector<float>{1, 2, 4, 8, 16}, std::vector<float>{1, 100});
  EXPECT_EQ(sums.value, (std::vector<double>{400, 2 + 1600, 8}));
}

/// The modes' elements as numpy has them, by their periods; -1: a zero.
int padded_position(PaddingMode mode, int at, int input) {
  const auto modulo = [](int a, int b) { return (a % b + b) % b; };
  if (mode == PaddingMode::reflect && input > 1) {
    const int period = 2 * input - 2, i = modulo(at, period);
    return i < input ? i : period - i;
  }
  if (mode == PaddingMode::circular)
    return modulo(at, input);
  if (mode == PaddingMode::replicate)
    return at < 0 ? 0 : std::min(at, input - 1);
  return at < 0 || at >= input ? -1 : at;
}

/// -1: a zero. Of a transposed convolution found by trying which input reaches the output.
int input_under(const Problem &p, const Axis &axis, int output, int tap) {
  if (!p.transposed)
    return padded_position(p.padding_mode, output * axis.stride - axis.pad_begin + tap * axis.dilation,
                           axis.input);
  for (int input = 0; input < axis.input; ++input)
    if (input * axis.stride - axis.pad_begin + tap * axis.dilation == output)
      return input;
  return -1;
}

/// The definition once more, one output at a time, for NCHW and OIHW; groups by testing every channel pair.
double definition(const Problem &p, const Tensors &t, int n, int k, int y, int x) {
  double sum = 0;
  const int C = p.in_channels / p.groups;
  for (int c = 0; c < p.in_channels; ++c)
    for (int r = 0; r < p.height().kernel && c / C == k / (p.out_channels / p.groups); ++r)
      for (int s = 0; s < p.width().kernel; ++s) {
        const int h = input_under(p, p.height(), y, r), w = input_under(p, p.width(), x, s);
        if (h < 0 || w < 0)
          continue;
        const int in = ((n * p.in_channels + c) * p.height().input + h) * p.width().input + w;
        const int weight = ((k * C + c % C) * p.height().kernel + r) * p.width().kernel + s;
        sum += static_cast<double>(t.input[in]) * t.weights[weight];
      }
  return sum;
}

TEST(Oracle, AgreesWithTheDefinition) {
  for (int seed = 0; seed < 100; ++seed) {
    const Problem problem = nchw(random_problem(seed));
    const Tensors tensors = fill(problem, Fill::integer, 0);
    const Sums sums = convolve(problem, tensors.input, tensors.weights);
    std::size_t at = 0;
    for (int n = 0; n < problem.batch; ++n)
      for (int k = 0; k < problem.out_channels; ++k)
        for (int y = 0; y < problem.height().output; ++y)
          for (int x = 0; x < problem.width().output; ++x)
            ASSERT_EQ(sums.value[at++], definition(problem, tensors, n, k, y, x)) << problem.descriptor();
    ASSERT_EQ(at, sums.value.size());
  }
}

std::vector<float> transposed(const std::vector<float> &from, int a, int b, int c, int d,
                              const int (&order)[4]) {
  const int extents[4] = {a, b, c, d}, strides[4] = {b * c * d, c * d, d, 1};
  std::vector<float> to;
  for (int i = 0; i < extents[order[0]]; ++i)
    for (int j = 0; j < extents[order[1]]; ++j)
      for (int k = 0; k < extents[order[2]]; ++k)
        for (int l = 0; l < extents[order[3]]; ++l)
          to.push_back(from[i * strides[order[0]] + j * strides[order[1]] + k * strides[order[2]] +
                            l * strides[order[3]]]);
  return to;
}

TEST(Oracle, LayoutsAgree) {
  for (int seed = 0; seed < 50; ++seed) {
    const Problem a = nchw(random_problem(seed));
    Problem b = a;
    b.layout = Layout::nhwc;
    b.weights_layout = WeightsLayout::hwio;
    const Tensors t = fill(a, Fill::integer, 0);
    const auto input =
        transposed(t.input, a.batch, a.in_channels, a.height().input, a.width().input, {0, 2, 3, 1});
    const auto weights = transposed(t.weights, a.out_channels, a.group_in(), a.height().kernel,
                                    a.width().kernel, {2, 3, 1, 0});
    const Sums ours = convolve(a, t.input, t.weights), theirs = convolve(b, input, weights);
    const std::vector<float> value(ours.value.begin(), ours.value.end());
    const auto moved =
        transposed(value, a.batch, a.out_channels, a.height().output, a.width().output, {0, 2, 3, 1});
    ASSERT_EQ(std::vector<float>(theirs.value.begin(), theirs.value.end()), moved) << a.descriptor();
  }
}

TEST(Oracle, RefusesOtherSizes) {
  const Problem problem = Problem::parse("ic3ih4oc2kh3");
  EXPECT_THROW(convolve(problem, std::vector<float>(47), std::vector<float>(54)), Error);
  EXPECT_THROW(convolve(problem, std::vector<float>(48), std::vector<float>(55)), Error);
}

} // namespace
