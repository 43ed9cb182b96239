#include "race/race.hpp"

#include <gtest/gtest.h>
#include <limits>

using namespace convforge;

namespace {

/// Contestants of fixed times; counts their slices.
struct Track {
  std::vector<double> times;
  std::vector<int> slices = std::vector<int>(times.size());
  RaceResult run(RaceRules rules = {}, const std::function<bool()> &stop = {}) {
    return race(
        times.size(),
        [&](std::size_t i) {
          ++slices[i];
          return times[i];
        },
        rules, stop);
  }
};

TEST(Race, TheFastestWinsAndTheSlowLeaveEarly) {
  Track track{{5, 9, 3, 8, 4, 7, 6, 10}};
  const RaceResult result = track.run();
  EXPECT_EQ(result.winner, 2u);
  EXPECT_EQ(result.best[2], 3);
  EXPECT_EQ(track.slices[7], 1);
  EXPECT_EQ(track.slices, (std::vector<int>{6, 1, 6, 1, 3, 2, 2, 1}))
      << "7, 4, 2 and 1 beside the model's choice";
}

TEST(Race, TheModelsChoiceIsMeasuredToTheEnd) {
  Track track{{100, 3, 4, 5}};
  track.run();
  EXPECT_EQ(track.slices[0], track.slices[1]);
}

TEST(Race, WhoIsCloseStays) {
  Track close{{1.0, 1.01, 1.02, 1.025}}, apart{{1.0, 1.1, 1.2, 1.3}};
  close.run(), apart.run();
  EXPECT_EQ(close.slices[3], RaceRules{}.rounds);
  EXPECT_EQ(apart.slices[3], 1);
}

TEST(Race, OneSlowMinuteDoesNotDecide) {
  // Contestant 1 is the fastest, but its first slice is disturbed so little that it stays in.
  int turn = 0;
  const RaceResult result = race(2, [&](std::size_t i) { return i == 0 ? 1.0 : turn++ == 0 ? 1.02 : 0.9; });
  EXPECT_EQ(result.winner, 1u);
}

TEST(Race, WhatCannotRunNeverWins) {
  Track track{{4, std::numeric_limits<double>::infinity(), 3}};
  EXPECT_EQ(track.run().winner, 2u);
  EXPECT_EQ(track.slices[1], 1);
}

TEST(Race, StopsAfterARound) {
  Track track{{1.0, 1.0}};
  track.run({}, [] { return true; });
  EXPECT_EQ(track.slices[0], 1);
}

TEST(Race, OneContestantNeedsNoRace) {
  Track track{{7}};
  const RaceResult result = track.run();
  EXPECT_EQ(result.winner, 0u);
  EXPECT_EQ(track.slices[0], 1) << "its time is wanted all the same";
  EXPECT_EQ(result.best[0], 7);
}

} // namespace
