// Lines through functions of bytes: those that are found are right at every place.
#include "network/lowering/byte_line.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <vector>

using namespace convforge::network;

namespace {

struct Places {
  std::vector<std::int32_t> a, b;
};

/// Of all numbers from -128 to 127, or of 0.
Places places(bool of_two) {
  Places all;
  for (int a = -128; a < 128; ++a)
    for (int b = of_two ? -128 : 0; b < (of_two ? 128 : 1); ++b)
      all.a.push_back(a), all.b.push_back(b);
  return all;
}

/// Steps that are rounded up or down at ties, kept within limits.
std::vector<std::int8_t> rounded(const Places &all, const std::function<double(double, double)> &steps,
                                 int low = -128, int high = 127) {
  std::vector<std::int8_t> results;
  for (std::size_t i = 0; i < all.a.size(); ++i)
    results.push_back(static_cast<std::int8_t>(
        std::clamp(std::floor(steps(all.a[i], all.b[i]) + 0.5), double(low), double(high))));
  return results;
}

void expect_right(const std::optional<convforge_byte_line> &line, const Places &all,
                  const std::vector<std::int8_t> &results) {
  ASSERT_TRUE(line);
  for (std::size_t i = 0; i < results.size(); ++i)
    ASSERT_EQ(on_line(*line, all.a[i], all.b[i]), results[i]) << all.a[i] << ", " << all.b[i];
}

} // namespace

TEST(ByteLine, GoesThroughSumsOfAnyScales) {
  std::mt19937 random(1);
  const Places all = places(true);
  for (int round = 0; round < 25; ++round) {
    std::uniform_real_distribution<double> exponent(-3, 2);
    const double a = std::exp(exponent(random)), b = -std::exp(exponent(random)),
                 zero = 40 * exponent(random);
    const auto results = rounded(all, [&](double x, double y) { return a * x + b * y + zero; });
    expect_right(line_through({all.a, all.b, results, a, b}), all, results);
  }
}

TEST(ByteLine, KeepsLimitsOfItsOwn) {
  const Places all = places(false);
  const auto results = rounded(all, [](double x, double) { return 1.37 * x - 50.2; }, -20, 90);
  const auto line = line_through({all.a, all.b, results, 1.37, 0});
  expect_right(line, all, results);
  EXPECT_EQ(line->high - line->low, 110);
  EXPECT_EQ(line->a_rest, 0U);
}

TEST(ByteLine, TurnsUntilTiesGoAwayFromZero) {
  const Places all = places(true);
  std::vector<std::int8_t> results;
  for (std::size_t i = 0; i < all.a.size(); ++i)
    results.push_back(
        static_cast<std::int8_t>(std::clamp(std::round(0.5 * (all.a[i] + all.b[i])), -128.0, 127.0)));
  expect_right(line_through({all.a, all.b, results, 0.5, 0.5}), all, results);
}

TEST(ByteLine, FindsNoneWhereTiesGoToEven) {
  const Places all = places(true);
  std::vector<std::int8_t> results;
  for (std::size_t i = 0; i < all.a.size(); ++i)
    results.push_back(
        static_cast<std::int8_t>(std::clamp(std::nearbyint(0.5 * (all.a[i] + all.b[i])), -128.0, 127.0)));
  EXPECT_FALSE(line_through({all.a, all.b, results, 0.5, 0.5}));
}

TEST(ByteLine, FindsNoneThroughACurve) {
  const Places all = places(false);
  const auto results = rounded(all, [](double x, double) { return 0.01 * x * x; });
  EXPECT_FALSE(line_through({all.a, all.b, results, 1, 0}));
}
