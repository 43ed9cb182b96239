// Which plans take part: the model's choice first, one of every algorithm before the second of any.
#include "race/entrants.hpp"

#include <algorithm>
#include <gtest/gtest.h>

using namespace convforge;

namespace {

Candidate candidate(Algorithm algorithm, int tile, double cycles) {
  Candidate made{.plan = empty_plan(algorithm), .cost = {.arithmetic = cycles}};
  made.plan.unroll_c = tile;
  return made;
}

const std::vector<Candidate> proposed = {
    candidate(Algorithm::direct, 1, 100), candidate(Algorithm::direct, 2, 110),
    candidate(Algorithm::direct, 3, 120), candidate(Algorithm::winograd, 1, 150),
    candidate(Algorithm::direct, 4, 210), candidate(Algorithm::winograd, 2, 300)};

std::vector<std::size_t> places(const EntrantRules &rules) {
  std::vector<std::size_t> list;
  for (const Plan &plan : entrants(proposed, rules))
    list.push_back(
        static_cast<std::size_t>(std::ranges::find(proposed, plan, &Candidate::plan) - proposed.begin()));
  return list;
}

using Places = std::vector<std::size_t>;

TEST(Entrants, AreTheBestAndTheBestOfEveryAlgorithm) {
  EXPECT_EQ(places({.most = 6}), (Places{0, 3, 1, 2, 4, 5}));
  EXPECT_EQ(places({.most = 2}), (Places{0, 3, 1}));
  EXPECT_EQ(places({.most = 1}), (Places{0, 3}));
}

TEST(Entrants, LeaveOutWhatTheModelThinksMuchSlower) {
  EXPECT_EQ(places({.most = 6, .most_times_the_choice = 2}), (Places{0, 3, 1, 2}));
  EXPECT_EQ(places({.most = 6, .most_times_the_choice = 1.2}), (Places{0, 1, 2}));
}

} // namespace
