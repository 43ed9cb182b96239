// Joined phases: which problems have them, and that output channels of a phase have the taps of its piece.
#include "plan/joined_phases.hpp"
#include "problem/pieces.hpp"

#include <gtest/gtest.h>

#include <string>

namespace convforge {
namespace {

bool can_join(const std::string &descriptor, const char *dtype = "f32") {
  return can_join_phases(Problem::parse(descriptor, {.dtype = dtype}));
}

TEST(JoinedPhases, AreOfKernelsAndPaddingsThatTheStrideDivides) {
  EXPECT_TRUE(can_join("transposed_ic64ih64oc3kh9sh3ph3"));
  EXPECT_TRUE(can_join("transposed_ic512ih32oc256kh2sh2"));
  EXPECT_TRUE(can_join("transposed_ic8iw40oc6kw16sw4pw4"));
  EXPECT_TRUE(can_join("transposed_ic8ih7iw9oc6kh3kw4sh1sw2ph1pw2")); // phases of columns alone
  EXPECT_FALSE(can_join("transposed_ic8ih7oc6kh4sh2ph1"));            // phases begin at two inputs
  EXPECT_FALSE(can_join("transposed_ic8ih7oc6kh3sh2"));               // of two and of one tap
  EXPECT_FALSE(can_join("transposed_ic8ih7oc6oh15kh4sh2ph0"));        // of seven and of eight outputs
  EXPECT_FALSE(can_join("transposed_ic8ih7oc6oh17kh4sh2ph0"));        // of nine and of eight outputs
  EXPECT_FALSE(can_join("transposed_ic8ih7oc6kh3ph1"));               // one phase
  EXPECT_FALSE(can_join("transposed_ic8ih7oc6kh2sh3"));               // phases without taps
  EXPECT_FALSE(can_join("transposed_ic8ih7oc6kh4sh2dh1"));
  EXPECT_FALSE(can_join("ic8ih7oc6kh4sh2"));
}

TEST(JoinedPhases, AreNotOfDepthwiseDepthIntegersOrZeroWeights) {
  EXPECT_FALSE(can_join("transposed_g8ic8ih7oc8kh4sh2"));
  EXPECT_FALSE(can_join("transposed_ic8id3ih7oc8kd2kh2sd2sh2"));
  EXPECT_FALSE(can_join("transposed_ic8ih7oc8kh4sh2", "u8:s8:s32"));
  Problem pruned = Problem::parse("transposed_ic8ih7oc8kh4sh2");
  pruned.zeros.out_channels = {3};
  EXPECT_FALSE(can_join_phases(pruned));
}

TEST(JoinedPhases, HaveTheTapsOfTheirPieces) {
  for (const char *descriptor : {"transposed_ic4ih6iw7oc3kh9kw4sh3sw2ph3pw2",
                                 "transposed_ic4ih6iw7oc3kh3kw4sh1sw2ph1", "transposed_ic4iw7oc3kw8sw4"}) {
    const Problem problem = Problem::parse(descriptor);
    const Problem joined = joined_problem(problem);
    const JoinedPhases phases = joined_phases(problem);
    const std::vector<Piece> pieces = pieces_of(problem);
    ASSERT_EQ(pieces.size(), std::size_t(phases.count())) << descriptor;
    EXPECT_EQ(joined.out_channels, phases.count() * problem.out_channels);
    for (int i = 0; i < phases.count(); i++) {
      const Piece &first = pieces.front(), &piece = pieces[std::size_t(i)];
      const int row = i / phases.columns, column = i % phases.columns;
      EXPECT_EQ(piece.problem.axes, joined.axes);
      EXPECT_EQ(piece.output[1].first, row);
      EXPECT_EQ(piece.output[2].first, column);
      EXPECT_EQ(piece.taps[1].first, first.taps[1].first + row * phases.tap_h);
      EXPECT_EQ(piece.taps[2].first, first.taps[2].first + column * phases.tap_w);
      EXPECT_EQ(piece.taps[2].step, first.taps[2].step);
    }
  }
}

} // namespace
} // namespace convforge
