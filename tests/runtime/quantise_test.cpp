// Rounding rules against their definitions in exact arithmetic: long doubles of 64 bits and more hold every
// product of a sum and a factor, and half a unit beside it.
#include "convforge/quantise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace {

static_assert(std::numeric_limits<long double>::digits >= 64);

constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min(),
                       most = std::numeric_limits<std::int32_t>::max();
constexpr double two_31 = 2147483648.0;

/// Without limits that could hide a wrong result.
convforge_requantisation wide(convforge_rounding rounding, int zero_point = 0) {
  return {rounding, zero_point, -1'000'000, 1'000'000, 0, 0};
}

std::int32_t result(convforge_rounding rounding, std::int32_t sum, double multiplier) {
  const convforge_requantisation how = wide(rounding);
  return convforge_requantise(&how, sum, multiplier, 0);
}

std::vector<std::int32_t> results(convforge_rounding rounding, double multiplier,
                                  std::initializer_list<std::int32_t> sums) {
  std::vector<std::int32_t> list;
  for (const std::int32_t sum : sums)
    list.push_back(result(rounding, sum, multiplier));
  return list;
}

using Results = std::vector<std::int32_t>;

// ---- Definitions ----

/// From the bits: a multiplier is M 2^e, M of 53 bits; of those the upper 31 are kept.
convforge_fixed_point defined_fixed_point(double multiplier) {
  if (multiplier == 0)
    return {0, 0};
  const int exponent = std::ilogb(multiplier);
  const auto bits = static_cast<std::int64_t>(std::scalbn(multiplier, 52 - exponent));
  std::int64_t factor = (bits + (1 << 21)) / (1 << 22);
  int shift = exponent + 1;
  if (factor == std::int64_t{1} << 31)
    factor = std::int64_t{1} << 30, ++shift;
  if (shift < -31)
    return {0, 0};
  return {static_cast<std::int32_t>(factor), shift};
}

long double saturated(long double x) {
  return std::clamp<long double>(x, least, most);
}

long double defined_tflite(std::int32_t sum, double multiplier) {
  const auto [factor, shift] = defined_fixed_point(multiplier);
  const long double shifted = saturated(std::ldexp(static_cast<long double>(sum), std::max(shift, 0)));
  const long double high = std::floor(shifted * factor / two_31 + 0.5L);
  return std::round(std::ldexp(high, std::min(shift, 0)));
}

long double defined_tflite_single(std::int32_t sum, double multiplier) {
  const auto [factor, shift] = defined_fixed_point(multiplier);
  const long double unit = std::ldexp(1.0L, 31 - shift);
  return saturated(std::floor((static_cast<long double>(sum) * factor + unit / 2) / unit));
}

/// The nearest number of 24 bits, ties to even; none is subnormal here.
long double as_float(long double x) {
  if (x == 0)
    return 0;
  const int unit = std::ilogb(x) - 23;
  const long double scaled = std::ldexp(x, -unit), down = std::floor(scaled), rest = scaled - down;
  const bool up = rest > 0.5L || (rest == 0.5L && std::fmod(down, 2) != 0);
  return std::ldexp(up ? down + 1 : down, unit);
}

long double half_to_even(long double x) {
  const long double down = std::floor(x), rest = x - down;
  return rest > 0.5L || (rest == 0.5L && std::fmod(down, 2) != 0) ? down + 1 : down;
}

long double defined_onnx(std::int32_t sum, double multiplier) {
  return half_to_even(as_float(as_float(sum) * as_float(multiplier)));
}

long double defined(convforge_rounding rounding, std::int32_t sum, double multiplier) {
  switch (rounding) {
  case CONVFORGE_ROUND_ONNX:
    return defined_onnx(sum, multiplier);
  case CONVFORGE_ROUND_TFLITE:
    return defined_tflite(sum, multiplier);
  case CONVFORGE_ROUND_TFLITE_SINGLE:
    return defined_tflite_single(sum, multiplier);
  }
  return 0;
}

constexpr std::initializer_list<convforge_rounding> roundings = {CONVFORGE_ROUND_ONNX, CONVFORGE_ROUND_TFLITE,
                                                                 CONVFORGE_ROUND_TFLITE_SINGLE};

/// Against the definition, with limits that a result of 8 bits has and with wide ones.
void expect_defined(std::int32_t sum, double multiplier) {
  for (const convforge_rounding rounding : roundings)
    for (const auto &[zero_point, low, high] : {std::array{0, -1'000'000, 1'000'000}, std::array{128, 0, 255},
                                                std::array{-128, -128, 127}, std::array{3, 3, 77}}) {
      const convforge_requantisation how{rounding, zero_point, low, high, 0, 0};
      const long double want =
          std::clamp<long double>(defined(rounding, sum, multiplier) + zero_point, low, high);
      ASSERT_EQ(convforge_requantise(&how, sum, multiplier, 0), want)
          << "rounding " << rounding << " sum " << sum << " multiplier " << multiplier << " zero point "
          << zero_point;
    }
}

// ---- Multipliers ----

using FixedPoint = std::pair<std::int32_t, std::int32_t>; // factor, shift

FixedPoint pair_of(const convforge_fixed_point &number) {
  return {number.factor, number.shift};
}

FixedPoint fixed_point(double multiplier) {
  return pair_of(convforge_fixed_point_of(multiplier));
}

TEST(Quantise, MultipliersBecomeFactorsAndShifts) {
  const std::int32_t half = 1 << 30;
  EXPECT_EQ(fixed_point(0), (FixedPoint{0, 0}));
  EXPECT_EQ(fixed_point(1), (FixedPoint{half, 1}));
  EXPECT_EQ(fixed_point(0.5), (FixedPoint{half, 0}));
  EXPECT_EQ(fixed_point(0.75), (FixedPoint{half + half / 2, 0}));
  EXPECT_EQ(fixed_point(0x1p30), (FixedPoint{half, 31}));
  EXPECT_EQ(fixed_point(0x1p-32), (FixedPoint{half, -31}));
  EXPECT_EQ(fixed_point(0x1p-33), (FixedPoint{0, 0}));
  EXPECT_EQ(fixed_point(std::numeric_limits<double>::denorm_min()), (FixedPoint{0, 0}));
}

TEST(Quantise, FactorsThatRoundUpToTheNextPowerAreCarried) {
  EXPECT_EQ(fixed_point(std::nextafter(1.0, 0.0)), (FixedPoint{1 << 30, 1}));
  EXPECT_EQ(fixed_point(std::nextafter(0x1p-32, 0.0)), (FixedPoint{1 << 30, -31}));
  const double tie = 1 - 0x1p-32; // between 2^31 - 1 and 2^31
  EXPECT_EQ(fixed_point(tie), (FixedPoint{1 << 30, 1}));
  EXPECT_EQ(fixed_point(std::nextafter(tie, 0.0)), (FixedPoint{most, 0}));
  EXPECT_EQ(fixed_point(0.5 + 0x1p-32), (FixedPoint{(1 << 30) + 1, 0})); // away from 0
}

TEST(Quantise, WhatIsNoMultiplierSaturates) {
  EXPECT_EQ(fixed_point(std::nextafter(two_31, 0.0)), (FixedPoint{most, 31}));
  EXPECT_EQ(fixed_point(two_31), (FixedPoint{most, 31}));
  EXPECT_EQ(fixed_point(std::numeric_limits<double>::infinity()), (FixedPoint{most, 31}));
  EXPECT_EQ(fixed_point(std::nan("")), (FixedPoint{0, 0}));
  EXPECT_EQ(fixed_point(-1), (FixedPoint{0, 0}));
}

TEST(Quantise, FixedPointIsTheNearestOne) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> fraction(1, 2);
  std::uniform_int_distribution<int> exponent(-40, 30);
  for (int i = 0; i < 20'000; ++i) {
    const double multiplier = std::min(std::ldexp(fraction(random), exponent(random)), two_31 - 1);
    EXPECT_EQ(fixed_point(multiplier), pair_of(defined_fixed_point(multiplier))) << multiplier;
  }
}

// ---- Results ----

TEST(Quantise, TiesGoWhereEachRuleSays) {
  const std::initializer_list<std::int32_t> sums = {1, 3, 5, -1, -3, -5};
  EXPECT_EQ(results(CONVFORGE_ROUND_ONNX, 0.5, sums), (Results{0, 2, 2, 0, -2, -2}));
  EXPECT_EQ(results(CONVFORGE_ROUND_TFLITE, 0.5, sums), (Results{1, 2, 3, 0, -1, -2}));
  EXPECT_EQ(results(CONVFORGE_ROUND_TFLITE_SINGLE, 0.5, sums), (Results{1, 2, 3, 0, -1, -2}));
}

// 1/4 is rounded to 1/2 and that to 1; ties of the shift go away from zero.
TEST(Quantise, TfliteRoundsTwice) {
  const std::initializer_list<std::int32_t> sums = {1, 2, 3, 5, -1, -2, -3, -6};
  EXPECT_EQ(results(CONVFORGE_ROUND_TFLITE, 0.25, sums), (Results{1, 1, 1, 2, 0, -1, -1, -2}));
  EXPECT_EQ(results(CONVFORGE_ROUND_TFLITE_SINGLE, 0.25, sums), (Results{0, 1, 1, 1, 0, 0, -1, -1}));
  EXPECT_EQ(results(CONVFORGE_ROUND_ONNX, 0.25, sums), (Results{0, 0, 1, 1, 0, 0, -1, -2}));
}

// 2^24 + 1 is no float: the even neighbour is 2^24, of which the product is a tie. 0.1 as a float is above
// 0.1.
TEST(Quantise, OnnxRoundsSumAndMultiplierFirst) {
  EXPECT_EQ(result(CONVFORGE_ROUND_ONNX, (1 << 24) + 1, 0x1p-25), 0);
  EXPECT_EQ(result(CONVFORGE_ROUND_ONNX, (1 << 24) + 3, 0x1p-25), 1);
  EXPECT_EQ(result(CONVFORGE_ROUND_TFLITE_SINGLE, (1 << 24) - 1, 0x1p-25), 0);
  EXPECT_EQ(result(CONVFORGE_ROUND_ONNX, 1, std::nextafter(0.5, 1.0)), 0);
  EXPECT_EQ(result(CONVFORGE_ROUND_ONNX, 1, 0.5 + 0x1p-24), 1);
}

TEST(Quantise, LimitsHoldAfterTheZeroPoint) {
  for (const convforge_rounding rounding : roundings) {
    const convforge_requantisation how{rounding, 10, 10, 200, 0, 0};
    EXPECT_EQ(convforge_requantise(&how, -1, 1, 0), 10);
    EXPECT_EQ(convforge_requantise(&how, 0, 1, 0), 10);
    EXPECT_EQ(convforge_requantise(&how, 189, 1, 0), 199);
    EXPECT_EQ(convforge_requantise(&how, 190, 1, 0), 200);
    EXPECT_EQ(convforge_requantise(&how, 191, 1, 0), 200);
    EXPECT_EQ(convforge_requantise(&how, least, 0x1p30, 0), 10);
    EXPECT_EQ(convforge_requantise(&how, most, 0x1p30, 0), 200);
  }
}

TEST(Quantise, ExtremesAgreeWithTheDefinitions) {
  for (const std::int32_t sum : {0, 1, -1, 2, -2, 127, -128, 1 << 23, (1 << 24) + 1, -(1 << 24) - 1, 1 << 30,
                                 -(1 << 30), most - 1, most, least + 1, least})
    for (int exponent = -34; exponent <= 30; ++exponent)
      for (const double fraction : {1.0, 1 + 0x1p-31, 1.5, 1.999999, 2 - 0x1p-31, 2 - 0x1p-33})
        if (std::ldexp(fraction, exponent) < two_31 - 1)
          expect_defined(sum, std::ldexp(fraction, exponent));
  for (const std::int32_t sum : {0, 1, most, least})
    expect_defined(sum, 0);
}

TEST(Quantise, RandomSumsAgreeWithTheDefinitions) {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> fraction(1, 2);
  std::uniform_int_distribution<int> exponent(-33, 29), bits(0, 31);
  std::uniform_int_distribution<std::int64_t> sums(least, most);
  for (int i = 0; i < 50'000; ++i) {
    const auto sum = static_cast<std::int32_t>(sums(random) >> bits(random));
    expect_defined(sum, std::ldexp(fraction(random), exponent(random)));
  }
}

// Multiples of powers of two: every fourth result is a tie.
TEST(Quantise, RandomTiesAgreeWithTheDefinitions) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> shift(1, 8), sums(-70'000, 70'000), odd(0, 7);
  for (int i = 0; i < 50'000; ++i)
    expect_defined(sums(random), std::ldexp(2 * odd(random) + 1, -shift(random)));
}

// ---- Residuals ----

convforge_requantisation with_residual(float factor, int zero_point) {
  return {CONVFORGE_ROUND_ONNX, 0, -1'000'000, 1'000'000, factor, zero_point};
}

TEST(Quantise, ResidualsAreAddedBeforeRounding) {
  const convforge_requantisation how = with_residual(0.5f, 10);
  EXPECT_EQ(convforge_requantise(&how, 1, 0.5, 11), 1); // 0.5 + 0.5
  EXPECT_EQ(convforge_requantise(&how, 1, 0.5, 9), 0);
  EXPECT_EQ(convforge_requantise(&how, 1, 0.5, 10), 0);
  EXPECT_EQ(convforge_requantise(&how, 4, 0.5, 11), 2); // 2.5: to even
  const convforge_requantisation none = with_residual(0, 10);
  EXPECT_EQ(convforge_requantise(&none, 1, 3, 200), 3);
}

// Products and the sum of the two are rounded to float, each: a fused multiply-add, or doubles, would differ.
TEST(Quantise, ResidualsAreFloatsThroughout) {
  std::mt19937 random(4);
  std::uniform_real_distribution<float> factor(0.001f, 4);
  std::uniform_int_distribution<int> sums(-20'000'000, 20'000'000), residuals(-128, 127);
  for (int i = 0; i < 50'000; ++i) {
    const convforge_requantisation how = with_residual(factor(random), residuals(random));
    const float multiplier = factor(random) * 0.01f;
    const int sum = sums(random), residual = residuals(random);
    const auto wide_sum = static_cast<float>(sum),
               wide_residual = static_cast<float>(residual - how.residual_zero_point);
    const long double product = as_float(static_cast<long double>(wide_sum) * multiplier),
                      more = as_float(static_cast<long double>(wide_residual) * how.residual_factor);
    const long double want = half_to_even(as_float(product + more));
    ASSERT_EQ(convforge_requantise(&how, sum, multiplier, residual), want) << sum << " " << residual;
  }
}

// 6 * (1/3 rounded up to float) is 2 + 2^-24, as a float 2; with -1.5 beside it the result is a tie, which
// goes to 0.
TEST(Quantise, NothingIsFused) {
  const float third = 0x1.555556p-2f;
  const convforge_requantisation how = with_residual(third, 0);
  EXPECT_GT(std::fma(6.0f, third, -1.5f), 0.5f);
  EXPECT_EQ(convforge_requantise(&how, -3, 0.5, 6), 0);
}

TEST(Quantise, AnyArgumentHasAResult) {
  for (const double multiplier : {std::numeric_limits<double>::infinity(), -1.0, std::nan(""), 1e300})
    for (const convforge_rounding rounding : roundings)
      for (const std::int32_t sum : {least, 0, most}) {
        const convforge_requantisation how{rounding, 3, 0, 255, 0, 0};
        const std::int32_t step = convforge_requantise(&how, sum, multiplier, 0);
        EXPECT_TRUE(step >= 0 && step <= 255) << step;
      }
  const convforge_requantisation far = with_residual(1, least);
  EXPECT_EQ(convforge_requantise(&far, most, 1, most), 1'000'000);
}

} // namespace
