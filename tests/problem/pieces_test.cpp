// Pieces against the definition of a convolution: every tap of every output is in one piece, once.
#include "problem/pieces.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace convforge {
namespace {

using Taps = std::map<int, int>; ///< the input's position by tap

/// What an output of one axis takes, straight from the definition.
Taps taps_of(const Axis &axis, bool transposed, int output) {
  Taps taps;
  for (int input = 0; input < axis.input; ++input)
    for (int tap = 0; tap < axis.kernel; ++tap) {
      const int from = transposed ? input : output, to = transposed ? output : input;
      if (from * axis.stride - axis.pad_begin + tap * axis.dilation == to)
        taps[tap] = input;
    }
  return taps;
}

/// The same of all outputs, as the pieces of a problem that is wide alone have it.
std::map<int, Taps> taps_of_pieces(const Problem &problem) {
  std::map<int, Taps> all;
  for (const Piece &piece : pieces_of(problem)) {
    const Axis &axis = piece.problem.width();
    for (int i = 0; i < axis.output; ++i) {
      const int output = piece.output[2].first + i * piece.output[2].step;
      EXPECT_FALSE(all.contains(output)) << output << " is in two pieces";
      Taps &taps = all[output];
      if (!piece.without_taps())
        for (const auto &[tap, input] : taps_of(axis, false, i))
          if (!std::ranges::binary_search(piece.problem.zeros.taps, tap))
            taps[piece.taps[2].first + tap * piece.taps[2].step] = piece.input[2] + input;
    }
  }
  return all;
}

/// Of a problem that is wide alone.
void expect_same_taps(const Problem &problem) {
  const Axis &axis = problem.width();
  SCOPED_TRACE(problem.canonical());
  const std::map<int, Taps> pieces = taps_of_pieces(problem);
  ASSERT_EQ(pieces.size(), std::size_t(axis.output));
  for (int output = 0; output < axis.output; ++output) {
    Taps taps = taps_of(axis, problem.transposed, output);
    for (const int zero : problem.zeros.taps)
      taps.erase(zero);
    EXPECT_EQ(pieces.at(output), taps) << output;
  }
}

/// `zeros`: taps that are in none.
void expect_same_taps(const Axis &axis, bool transposed, const std::vector<int> &zeros = {}) {
  Problem problem;
  problem.transposed = transposed;
  problem.width() = axis;
  problem.zeros.taps = zeros;
  expect_same_taps(problem);
}

TEST(Pieces, HaveNoTapsThatAreZero) {
  const std::vector<std::vector<int>> all = {{0},    {4},          {0, 1, 4},    {2},
                                             {0, 2}, {0, 1, 2, 3}, {1, 2, 3, 4}, {0, 1, 2, 3, 4}};
  for (const std::vector<int> &zeros : all)
    for (const int stride : {1, 2, 3})
      for (const int dilation : {1, 2})
        for (const int pad : {-1, 0, 2, 6}) {
          expect_same_taps(Axis::padded(12, 5, pad, pad, stride, dilation), false, zeros);
          expect_same_taps(Axis::transposed(6, 5, pad, 0, stride, dilation), true, zeros);
        }
}

TEST(Pieces, AreOneWithoutTapsWhereAllOfThemAreZero) {
  for (const char *descriptor : {"ic8oc8ih9iw9oh9ow9kh1kw2pw1", "transposed_ic8ih6iw6oc8kh1kw2sh1sw2"}) {
    Problem problem = Problem::parse(descriptor);
    problem.zeros.taps = {0, 1};
    const std::vector<Piece> pieces = pieces_of(problem);
    ASSERT_EQ(pieces.size(), 1) << descriptor;
    EXPECT_TRUE(pieces.front().without_taps());
    EXPECT_EQ(pieces.front().problem.output_shape(), problem.output_shape());
  }
}

TEST(Pieces, AreOneSmallerWindowWhereBorderTapsAreZero) {
  Problem problem = Problem::parse("ic8oc8ih9iw9oh9ow9kh3kw3ph1pw1");
  problem.zeros = {{0, 1, 2, 4, 5, 8}, {3}, {2}}; // a row and a column go, and one tap stays that is zero
  const std::vector<Piece> pieces = pieces_of(problem);
  ASSERT_EQ(pieces.size(), 1);
  const Problem &piece = pieces.front().problem;
  EXPECT_EQ(piece.height(), (Axis{.input = 9, .output = 9, .kernel = 2, .pad_begin = 0, .pad_end = 1}));
  EXPECT_EQ(piece.width(), (Axis{.input = 9, .output = 9, .kernel = 2, .pad_begin = 1, .pad_end = 0}));
  EXPECT_EQ(piece.zeros, (ZeroWeights{{1}, {3}, {2}}));
  EXPECT_EQ(pieces.front().taps[1].first, 1);
  problem.zeros.taps = {4};
  EXPECT_FALSE(in_pieces(problem));
}

TEST(Pieces, OfTransposedAxesTakeEveryTapOnce) {
  for (const int kernel : {1, 2, 3, 4, 5, 7})
    for (const int stride : {1, 2, 3, 4})
      for (const int dilation : {1, 2, 3})
        for (const int pad_begin : {-2, 0, 1, 3, 9})
          for (const int pad_end : {-3, 0, 2, 8})
            if (const int extent = (kernel - 1) * dilation + 1; 4 * stride + extent - pad_begin - pad_end > 0)
              expect_same_taps(Axis::transposed(5, kernel, pad_begin, pad_end, stride, dilation), true);
}

TEST(Pieces, OfForwardAxesLeaveOutWhatMeetsNoInput) {
  for (const int kernel : {1, 2, 3, 5})
    for (const int stride : {1, 2, 3})
      for (const int dilation : {1, 3})
        for (const int pad_begin : {-4, -1, 0, 2, 11})
          for (const int pad_end : {-4, 0, 1, 12})
            if (const int extent = (kernel - 1) * dilation + 1; 6 + pad_begin + pad_end >= extent)
              expect_same_taps(Axis::padded(6, kernel, pad_begin, pad_end, stride, dilation), false);
}

TEST(Pieces, OfDilatedEightBitsTakeTheTapsThatMeetTheInput) {
  for (const int kernel : {1, 2, 3, 4})
    for (const int stride : {1, 2, 3})
      for (const int dilation : {1, 2, 5, 9})
        for (const int pad_begin : {0, 1, 4, 9})
          for (const int pad_end : {0, 2, 9}) {
            const int extent = (kernel - 1) * dilation + 1;
            if (7 + pad_begin + pad_end < extent)
              continue;
            Problem problem;
            problem.types = parse_element_types("u8:s8:u8");
            problem.width() = Axis::padded(7, kernel, pad_begin, pad_end, stride, dilation);
            expect_same_taps(problem);
            if (divides_by_taps(problem))
              for (const Piece &piece : pieces_of(problem))
                EXPECT_TRUE(piece.problem.width().pad_begin == 0 && piece.problem.width().pad_end <= 0);
          }
}

TEST(Pieces, OnlyOfWhatIsNoOrdinaryConvolution) {
  for (const char *ordinary :
       {"ic8ih5oc4kh3ph1", "ic8ih5oc4kh3sh2", "ic8id5ih5oc4kd3kh3pd2ph2", "ic8ih5oc4kh1"})
    EXPECT_FALSE(in_pieces(Problem::parse(ordinary))) << ordinary;
  for (const char *other :
       {"transposed_ic8ih5oc4kh3", "ic8ih5oc4kh3ph3", "ic8ih5oc4kh3ph-1", "ic8ih5oc4kh3eh3"})
    EXPECT_TRUE(in_pieces(Problem::parse(other))) << other;
}

TEST(Pieces, MultiplyNoZeros) {
  for (const char *text :
       {"transposed_ic8ih6oc4kh4sh2ph1", "transposed_ic8ih6oc4kh3sh2", "transposed_ic8ih6oc4kh2sh3"}) {
    const Problem problem = Problem::parse(text);
    std::int64_t most = 0;
    for (const Piece &piece : pieces_of(problem))
      most += piece.problem.multiply_adds();
    // Every element of the input meets every tap, but for what is cut off; windows of a phase reach over the
    // edge.
    EXPECT_LE(most, problem.multiply_adds() * 8 * 8 / (6 * 6)) << text;
  }
}

TEST(Pieces, OfTwoAxesAreTheirProducts) {
  const std::vector<Piece> pieces = pieces_of(Problem::parse("transposed_ic8ih6iw7oc4kh3kw2sh2sw2ph1pw0"));
  ASSERT_EQ(pieces.size(), 4u);
  EXPECT_EQ(pieces[0].problem.height().kernel, 1);
  EXPECT_EQ(pieces[2].problem.height().kernel, 2);
  EXPECT_EQ(pieces[3].output[1].first, 1);
  EXPECT_EQ(pieces[3].output[2].first, 1);
  EXPECT_EQ(pieces[3].output[2].step, 2);
  EXPECT_EQ(pieces[3].problem.strides.output.w, 8);
  EXPECT_EQ(largest_piece(pieces), 2u);
}

TEST(Pieces, WithoutTapsAreNotDividedFurther) {
  // 6 rows of windows before and behind the input, of all columns, and 3 columns on either side of the rest.
  const std::vector<Piece> pieces = pieces_of(Problem::parse("ic8ih5iw5oc4kh3kw3ph8pw5"));
  ASSERT_EQ(pieces.size(), 5u);
  EXPECT_TRUE(pieces[0].without_taps());
  EXPECT_EQ(pieces[0].problem.height().output, 6);
  EXPECT_EQ(pieces[0].problem.width().output, 13);
  EXPECT_EQ(pieces[1].problem.width().output, 3);
  EXPECT_EQ(pieces[1].problem.height().output, 7);
  EXPECT_FALSE(pieces[2].without_taps());
}

} // namespace
} // namespace convforge
