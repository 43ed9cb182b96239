// Sizes of even splits, met one after the other: planning a tall image takes the time of its square root.
#include "planner/tiles.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace convforge {
namespace {

std::vector<int> sizes(int extent) {
  std::vector<int> met;
  for (int size = 1, last = 0; size != last; size = next_even_piece(extent, last = size))
    met.push_back(size);
  return met;
}

TEST(EvenPieces, AreAllMet) {
  for (int extent = 1; extent <= 400; extent++) {
    std::vector<int> all;
    for (int most = 1; most <= extent; most++)
      if (even_piece(extent, most) == most)
        all.push_back(most);
    EXPECT_EQ(sizes(extent), all) << extent;
  }
}

TEST(EvenPieces, OfATallImageAreFew) {
  constexpr int tall = 250'000'000;
  EXPECT_LE(static_cast<double>(sizes(tall).size()), 2 * std::sqrt(tall));
}

TEST(Divisors, AreAllFromTwoOn) {
  for (int number = 1; number <= 400; number++) {
    std::vector<int> all;
    for (int i = 2; i <= number; i++)
      if (number % i == 0)
        all.push_back(i);
    EXPECT_EQ(divisors(number), all) << number;
  }
  EXPECT_EQ(divisors(2147483647), std::vector<int>{2147483647});
}

} // namespace
} // namespace convforge
