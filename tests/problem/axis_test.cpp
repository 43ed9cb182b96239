#include "messages.hpp"
#include "problem/axis.hpp"
#include "problem/problem.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace convforge {
namespace {

constexpr int int_max = std::numeric_limits<int>::max();

TEST(Axis, ValidCoversWhatFits) {
  const Axis axis = Axis::valid(8, 3, 2);
  EXPECT_EQ(axis.output, 3);
  EXPECT_EQ(axis.pad_begin, 0);
  EXPECT_EQ(axis.pad_end, -1); // the eighth element is never read
}

bool meets_input_by_looking(const Axis &axis) {
  for (int output = 0; output < axis.output; output++) {
    for (int tap = 0; tap < axis.kernel; tap++) {
      const int at = output * axis.stride + tap * axis.dilation - axis.pad_begin;
      if (at >= 0 && at < axis.input)
        return true;
    }
  }
  return false;
}

TEST(Axis, KnowsWhetherAnyTapMeetsTheInput) {
  for (int i = 0; i < 3 * 4 * 4 * 5 * 13; i++) {
    const Axis axis{.input = i % 3 + 1,
                    .output = 4,
                    .kernel = i / 3 % 4 + 1,
                    .stride = i / 12 % 4 + 1,
                    .dilation = i / 48 % 5 + 1,
                    .pad_begin = i / 240};
    EXPECT_EQ(meets_input(axis), meets_input_by_looking(axis))
        << axis.input << " " << axis.kernel << " " << axis.stride << " " << axis.dilation << " "
        << axis.pad_begin;
  }
}

TEST(Axis, SamePutsTheOddZeroAtTheEnd) {
  const Axis axis = Axis::same(224, 3, 2);
  EXPECT_EQ(axis.output, 112);
  EXPECT_EQ(axis.pad_begin, 0);
  EXPECT_EQ(axis.pad_end, 1);
}

TEST(Axis, SameWithStrideAboveKernelLeavesInputUnused) {
  const Axis axis = Axis::same(9, 1, 4);
  EXPECT_EQ(axis.output, 3);
  EXPECT_EQ(axis.pad_end, 0);
  EXPECT_EQ(Axis::same(10, 1, 4).pad_end, -1);
}

TEST(Axis, SameIsEveryOutputOfKeras) {
  for (int input = 1; input < 20; ++input)
    for (int kernel = 1; kernel < 9; ++kernel)
      for (int stride = 1; stride < 6; ++stride) {
        const Axis axis = Axis::same(input, kernel, stride, 2);
        const int total = std::max((axis.output - 1) * stride + axis.extent() - input, 0);
        EXPECT_EQ(axis.output, (input + stride - 1) / stride);
        EXPECT_EQ(axis.pad_begin, total / 2);
      }
}

TEST(Axis, PaddedTakesEachSide) {
  const Axis axis = Axis::padded(5, 3, 2, 1, 1, 2);
  EXPECT_EQ(axis.output, 4);
  EXPECT_EQ(axis.pad_begin, 2);
  EXPECT_EQ(axis.pad_end, 1);
}

TEST(Axis, TrailingPaddingMayBeNegativeWithinAStride) {
  EXPECT_EQ(Axis::padded(9, 3, 1, -1, 3).output, 3);
  EXPECT_EQ(Axis::padded(9, 3, 1, -1, 3).pad_end, -1);
  EXPECT_EQ(Axis::padded(8, 3, 0, -1).output, 5);
}

TEST(Axis, PaddedDropsPaddingThatNothingReads) {
  EXPECT_EQ(Axis::padded(56, 3, 1, 1, 2), Axis::padded(56, 3, 1, 0, 2));
}

TEST(Axis, KernelMayExceedTheInput) {
  const Axis axis = Axis::padded(2, 7, 3, 3);
  EXPECT_EQ(axis.output, 2);
  EXPECT_EQ(axis.extent(), 7);
}

TEST(Axis, RefusesWhatDoesNotFit) {
  EXPECT_EQ(
      error_of([] { Axis::valid(2, 3); }),
      "output: 0 (expected at least 1; given are an input of 2, a window of 3 (kernel 3, its taps 1 apart), "
      "stride 1 and padding 0)");
  EXPECT_TRUE(contains(error_of([] { Axis::valid(0, 1); }), "input: 0"));
  EXPECT_TRUE(contains(error_of([] { Axis::same(4, -3); }), "kernel: -3"));
  EXPECT_TRUE(contains(error_of([] { Axis::same(4, 3, 0); }), "stride: 0"));
  EXPECT_TRUE(contains(error_of([] { Axis::same(4, 3, 1, 0); }), "dilation: 0 (expected at least 1"));
  EXPECT_EQ(error_of([] { Axis::padded(4, 3, -4, 9); }),
            "pad_begin: -4 (expected more than -4: something is to be left of an input of 4)");
  EXPECT_EQ(Axis::padded(4, 3, -1, 1).output, 2);
  EXPECT_EQ(Axis::padded(4, 3, 4, 4).output, 10);
}

TEST(Axis, RefusesOverflow) {
  EXPECT_TRUE(contains(error_of([] { Axis::same(int_max, int_max, 1, int_max); }), "kernel: 2147483647"));
  EXPECT_TRUE(contains(error_of([] { Axis::padded(int_max, 1, int_max, 0); }), "output: 4294967294"));
  EXPECT_TRUE(contains(error_of([] { Axis::padded(1, 1, int_max, int_max); }), "output: 4294967295"));
  EXPECT_TRUE(contains(error_of([] { Axis::padded(1, 1, 0, std::numeric_limits<int>::min()); }),
                       "output: -2147483647"));
  EXPECT_EQ(Axis::same(int_max, 1, int_max).output, 1);
}

TEST(Axis, HandMadeOnesMustAgree) {
  Problem problem;
  problem.height() = Axis::same(8, 3);
  problem.height().pad_end = 2;
  EXPECT_TRUE(contains(error_of([&] { problem.validate(); }), "eh: 2 (expected 1,"));
  problem.height() = Axis::same(8, 3);
  problem.height().output = 20;
  EXPECT_EQ(error_of([&] { problem.validate(); }),
            "eh: 1 (expected 13, what 20 outputs still need after the input; see Axis::padded)");
  problem.height() = Axis::same(8, 3);
  problem.width().dilation = 0;
  EXPECT_TRUE(contains(error_of([&] { problem.validate(); }), "dw: -1 (expected at least 0"));
  problem.width().dilation = std::numeric_limits<int>::min();
  EXPECT_TRUE(contains(error_of([&] { problem.validate(); }), "dw: -2147483649"));
}

// The outputs that an error offers are just those that are accepted.
TEST(Axis, ErrorsOfferTheOutputsThatFit) {
  for (const int stride : {1, 2, 3, 5})
    for (const int pad : {0, 1, 2})
      for (int output = 1; output < 40; ++output) {
        const int begin = 17 + pad, least = (begin - 3) / stride + 1,
                  most = (begin + stride - 1) / stride + 1;
        const std::string message =
            problem_error(fmt::format("ic1oc1iw17kw3sw{}pw{}ow{}", stride, pad, output));
        EXPECT_EQ(message == "no error", output >= least && output <= most) << message;
        if (message != "no error")
          EXPECT_TRUE(contains(message, fmt::format("(expected {} to {} for", least, most))) << message;
      }
}

TEST(Axis, TransposedOnesTurnInputAndOutputAround) {
  const Axis axis = Axis::transposed(5, 3, 1, 0, 2);
  EXPECT_EQ(axis.output, 10);
  EXPECT_EQ(Axis::transposed(5, 3, 1, 1, 2).output, 9);
  EXPECT_EQ(Axis::transposed(5, 2, 0, 0, 2, 3).output, 12);
  EXPECT_EQ(Axis::transposed(5, 2, 0, -1, 2).pad_end, -1); // output padding
  EXPECT_TRUE(contains(error_of([] { Axis::transposed(1, 1, 1, 0); }), "output: 0 (expected at least 1"));
}

} // namespace
} // namespace convforge
