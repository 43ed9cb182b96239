// The integer oracle, its test data, and the check of quantised kernels: right ones pass, and each mistake is
// found.
#include "plain_quantised_kernel.hpp"
#include "verify/check.hpp"
#include "verify/problem_list.hpp"
#include "verify/quantised/quantised_reference.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

using namespace convforge;

namespace {

using enum QuantisedMistake;

CheckResult check(const std::string &line, QuantisedMistake mistake, std::uint64_t seed = 0) {
  const Problem problem = parse_problem_line(line);
  const PlainQuantisedKernel kernel(problem, mistake);
  return check_kernel(problem, kernel.kernel(), seed);
}

const char *const lines[] = {
    "ic3ih5oc4kh3ph1 --dtype u8:s8:u8 --epilogue bias,relu --zero-points 128:3",
    "ic3ih5oc4kh3ph1 --dtype s8:s8:s8 --zero-points -128:127 --rounding tflite",
    "mb2g3ic6ih5oc9kh2sh2 --dtype s8:s8:s8 --epilogue bias --rounding tflite_single --zero-points 5:-7",
    "g4ic4ih6oc8kh3ph2dh1 --layout nchw --epilogue bias,residual:0.75:9,clamp:3:250 --dtype u8:s8:u8",
    "ic5ih6oc3kh3ph1 --epilogue bias --dtype u8:s8:s32 --zero-points 255:0",
    "ic5ih6oc3kh3ph1 --weights-layout oihw --dtype s8:s8:f32 --zero-points 7:0",
    "ic700ih2oc3kh1 --dtype s8:s8:s8 --epilogue bias --zero-points 127:0"};

TEST(QuantisedCheck, PassesARightKernel) {
  for (const char *line : lines)
    for (const std::uint64_t seed : {0, 1, 2}) {
      const CheckResult result = check(line, none, seed);
      EXPECT_TRUE(result.passed) << line << ": " << result.failure;
      EXPECT_EQ(result.error, 0) << line;
    }
}

TEST(QuantisedCheck, FindsEveryMistake) {
  const std::string shape = "mb2ic3ih8oc4kh3ph2dh1 --dtype ";
  const struct {
    QuantisedMistake mistake;
    const char *line;
  } cases[] = {{pads_with_zero, "u8:s8:u8 --zero-points 1:0"},
               {pads_with_zero, "s8:s8:s32 --zero-points 1:0"},
               {source_zero_point, "u8:s8:u8 --zero-points 1:0"},
               {source_zero_point, "u8:s8:s32 --zero-points 1:0"},
               {source_zero_point, "s8:s8:f32 --zero-points -1:0"},
               {destination_zero_point, "u8:s8:u8 --zero-points 0:1"},
               {destination_zero_point, "s8:s8:s8 --zero-points 0:-1 --rounding tflite"},
               {added_before_rounding, "u8:s8:u8 --zero-points 0:1"},
               {bias, "u8:s8:u8 --zero-points 3:0 --epilogue bias"},
               {bias, "s8:s8:s8 --epilogue bias --rounding tflite_single"},
               {bias, "s8:s8:f32 --epilogue bias"},
               {saturating_products, "u8:s8:u8"},
               {half_up, "u8:s8:u8 --zero-points 0:128"},
               {half_up, "s8:s8:s8"},
               {half_away, "u8:s8:u8 --zero-points 0:128"},
               {half_away, "s8:s8:s8"},
               {truncated, "s8:s8:s8"},
               {double_product, "s8:s8:s8 --epilogue bias"},
               {rounded_once, "s8:s8:s8 --epilogue bias --rounding tflite"},
               {wraps, "u8:s8:u8 --zero-points 0:3"},
               {wraps, "s8:s8:s8 --zero-points 0:3 --rounding tflite"},
               {no_limits, "u8:s8:u8 --zero-points 0:3 --epilogue relu"},
               {no_limits, "s8:s8:s8 --epilogue clamp:-128:126"},
               {residual_zero_point, "u8:s8:u8 --epilogue bias,residual:1.5:1"},
               {residual_rounded_before, "u8:s8:u8 --epilogue bias,residual:0.5:100"}};
  for (const auto &[mistake, line] : cases) {
    EXPECT_TRUE(check(shape + line, none).passed) << line;
    const CheckResult result = check(shape + line, mistake);
    EXPECT_FALSE(result.passed) << static_cast<int>(mistake) << ": " << line;
    EXPECT_NE(result.failure.find("output ("), std::string::npos) << result.failure;
  }
}

TEST(QuantisedCheck, SaysWhatWasExpected) {
  const CheckResult result =
      check("ic3ih5oc4kh3ph1 --dtype u8:s8:u8 --zero-points 0:1", destination_zero_point);
  EXPECT_NE(result.failure.find("the whole range: output ("), std::string::npos) << result.failure;
  EXPECT_NE(result.failure.find(", expected "), std::string::npos) << result.failure;
}

TEST(QuantisedReference, SumsAreExact) {
  // By hand: 2 x 2 inputs of one channel, a 2 x 2 kernel, padding of one at the beginning.
  const Problem problem = parse_problem_line(
      "ic1ih2iw2oc1oh2ow2kh2kw2ph1pw1 --dtype u8:s8:s32 --zero-points 10:0 --epilogue bias");
  QuantisedTensors tensors;
  tensors.input = {0, 255, 10, 11};
  tensors.weights = {-128, 127, 1, 2};
  tensors.bias = {1000000000};
  const std::int32_t b = 1000000000;
  EXPECT_EQ(exact_sums(problem, tensors),
            (std::vector<std::int32_t>{b + 2 * -10, b + 1 * -10 + 2 * 245, b + 127 * -10 + 2 * 0,
                                       b - 128 * -10 + 127 * 245 + 1 * 0 + 2 * 1}));
}

TEST(QuantisedReference, RoundsHalvesToEvenAndSaturates) {
  const Problem problem = parse_problem_line("ic1ih1iw6oc1kh1kw1 --dtype u8:s8:u8 --zero-points 3:1");
  QuantisedTensors tensors;
  tensors.input = {3, 4, 6, 8, 0, 255};
  tensors.weights = {1};
  tensors.multipliers = {0.5};
  const QuantisedReference reference(problem, tensors);
  std::vector<double> values;
  for (const Expected &expected : reference.expected())
    values.push_back(expected.value);
  EXPECT_EQ(values, (std::vector<double>{1, 1, 3, 3, 0, 127}));
}

QuantisedTensors filled(const std::string &line, QuantisedFill kind) {
  return fill(parse_problem_line(line), kind, 1);
}

TEST(QuantisedFill, IsTheSameForTheSameSeed) {
  const Problem problem = parse_problem_line(lines[0]);
  for (const QuantisedFill kind : all_quantised_fills) {
    EXPECT_EQ(fill(problem, kind, 1).all(problem), fill(problem, kind, 1).all(problem)) << name_of(kind);
    EXPECT_NE(fill(problem, kind, 1).all(problem), fill(problem, kind, 2).all(problem)) << name_of(kind);
  }
}

// What packing refuses is not filled in, whatever the taps.
TEST(QuantisedFill, StaysWithinSumsOf32Bits) {
  for (const std::string &line :
       {std::string(lines[0]), std::string(lines[1]), std::string(lines[4]),
        std::string("ic65793ih1oc2kh1 --epilogue bias --dtype u8:s8:u8 --zero-points 255:0"),
        std::string("ic65793ih1oc2kh1 --epilogue bias --dtype s8:s8:s32")})
    for (const QuantisedFill kind : all_quantised_fills) {
      const QuantisedTensors tensors = filled(line, kind);
      const auto room = room_for_bias(parse_problem_line(line), tensors.weights);
      for (std::size_t k = 0; k < room.size(); ++k)
        EXPECT_LE(tensors.bias.empty() ? 0 : std::abs(std::int64_t{tensors.bias[k]}), room[k])
            << line << name_of(kind);
      for (const double multiplier : tensors.multipliers)
        EXPECT_TRUE(multiplier >= 0 && multiplier < 0x1p31) << multiplier;
    }
}

/// How many of a fill's results are at the lower and the upper end, and between.
struct Spread {
  int low = 0, high = 0, between = 0;
  Spread(const std::string &line, QuantisedFill kind) {
    const Problem problem = parse_problem_line(line);
    const Steps steps = steps_of_output(problem);
    const QuantisedReference reference(problem, fill(problem, kind, 1));
    for (const Expected &expected : reference.expected())
      ++(expected.value == steps.low ? low : expected.value == steps.high ? high : between);
  }
};

TEST(QuantisedFill, DoesWhatItIsFor) {
  const std::string line = "ic16ih12oc16kh3ph1 --dtype s8:s8:s8 --epilogue bias --zero-points 3:-5";
  const Spread spread(line, QuantisedFill::spread), saturating(line, QuantisedFill::saturating);
  EXPECT_GT(spread.between, 10 * (spread.low + spread.high));
  EXPECT_GT(spread.low + spread.high, 0);
  EXPECT_GT(saturating.low, 300);
  EXPECT_GT(saturating.high, 300);
  EXPECT_GT(Spread(line, QuantisedFill::extremes).between, 1000);
  EXPECT_GT(Spread(line, QuantisedFill::lowest).between, 1000);
  EXPECT_GT(Spread(line, QuantisedFill::large_bias).between, 1000);
  const QuantisedTensors tiny = filled(line, QuantisedFill::tiny);
  EXPECT_GT(std::ranges::count_if(tiny.multipliers, [](double m) { return m < 0x1p-30; }), 0);
}

TEST(QuantisedFill, HalfOfTiesAreTies) {
  const Problem problem = parse_problem_line("ic16ih12oc16kh3ph1 --dtype s8:s8:s8 --epilogue bias");
  const QuantisedTensors tensors = fill(problem, QuantisedFill::ties, 1);
  const std::vector<std::int32_t> sums = exact_sums(problem, tensors);
  int below = 0, above = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double real = sums[i] * tensors.multipliers[channel_of(problem, i)];
    if (real != std::rint(real) && std::abs(real) < 127)
      ++(real < 0 ? below : above);
  }
  EXPECT_GT(below, std::ssize(sums) / 5);
  EXPECT_GT(above, std::ssize(sums) / 5);
}

} // namespace
