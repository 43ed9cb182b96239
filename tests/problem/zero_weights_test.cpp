#include "problem/zero_weights.hpp"

#include "problem/problem.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace convforge {
namespace {

using Numbers = std::vector<int>;

struct Text {
  const char *descriptor, *layout, *weights_layout;
};

/// Calls visit(tap, in, out, place) for every weight, by its numbers among those of all groups.
template <typename Visit>
void for_each_weight(const Problem &problem, const Visit &visit) {
  const WeightsStrides stride = weights_strides(problem);
  const int C = problem.group_in(), K = problem.group_out();
  const auto [T, R, S] = std::array{problem.depth().kernel, problem.height().kernel, problem.width().kernel};
  for (int tap = 0; tap < T * R * S; tap++)
    for (int in = 0; in < problem.in_channels; in++)
      for (int k = 0; k < K; k++) {
        const int group = in / C;
        visit(tap, in, group * K + k,
              tap / S / R * stride.tap[0] + tap / S % R * stride.tap[1] + tap % S * stride.tap[2] +
                  in % C * stride.c + k * stride.k + group * stride.group);
      }
}

template <typename Number>
ZeroWeights zeros_of(const Problem &problem, const std::vector<Number> &weights) {
  return find_zero_weights(problem, std::as_bytes(std::span(weights)));
}

std::vector<float> ones(const Problem &problem) {
  std::size_t count = 1;
  for (const std::int64_t size : problem.weights_shape())
    count *= static_cast<std::size_t>(size);
  return std::vector<float>(count, 1.0f);
}

TEST(ZeroWeights, AreFoundInEveryOrderOfWeights) {
  for (const Text &text : {Text{"g2ic6oc8ih9iw9kh3kw2", "nhwc", "hwio"},
                           {"g2ic6oc8ih9iw9kh3kw2", "nchw", "oihw"},
                           {"g2ic6oc8ih9iw9kh3kw2", "nhwc", "ohwi"},
                           {"transposed_ic6oc8ih9iw9kh3kw2", "nhwc", "hwoi"},
                           {"transposed_g2ic6oc8ih9iw9kh3kw2", "nchw", "iohw"},
                           {"ic6oc8id4ih9iw9kd2kh3kw2", "nchw", "oihw"}}) {
    Problem problem =
        Problem::parse(text.descriptor, {.layout = text.layout, .weights_layout = text.weights_layout});
    std::vector<float> weights = ones(problem);
    for_each_weight(problem, [&](int tap, int in, int out, std::int64_t place) {
      if (tap == 1 || tap == 5 || in == 0 || in == 4 || out == 3 || out == 6)
        weights[place] = out % 2 == 0 ? 0.0f : -0.0f;
    });
    const ZeroWeights zeros = zeros_of(problem, weights);
    EXPECT_EQ(zeros.taps, (Numbers{1, 5})) << text.descriptor;
    EXPECT_EQ(zeros.in_channels, (Numbers{0, 4})) << text.descriptor;
    EXPECT_EQ(zeros.out_channels, (Numbers{3, 6})) << text.descriptor;
    problem.zeros = zeros;
    const IsKnownZero is_zero(problem);
    for (std::size_t i = 0; i < weights.size(); i++)
      EXPECT_EQ(is_zero(i), weights[i] == 0) << i;
  }
}

TEST(ZeroWeights, OneThatIsNotKeepsItsTapAndChannels) {
  const Problem problem = Problem::parse("ic2oc3ih5iw5kh1kw2");
  std::vector<float> weights(12);
  weights[11] = 0x1p-149f; // tap 1, the last channels
  const ZeroWeights zeros = zeros_of(problem, weights);
  EXPECT_EQ(zeros, (ZeroWeights{{0}, {0}, {0, 1}}));
}

TEST(ZeroWeights, NaNIsNone) {
  const Problem problem = Problem::parse("ic1oc1ih5iw5kh1kw2");
  EXPECT_TRUE(zeros_of(problem, std::vector<float>{__builtin_nanf(""), -__builtin_inff()}).none());
}

TEST(ZeroWeights, WhereAllAreEveryTapIs) {
  const Problem problem = Problem::parse("ic2oc3ih5iw5kh1kw2");
  EXPECT_EQ(zeros_of(problem, std::vector<float>(12)), (ZeroWeights{{0, 1}, {}, {}}));
}

TEST(ZeroWeights, OfHalvesAreFound) {
  const Problem problem = Problem::parse("ic2oc2ih5iw5kh1kw1", {.dtype = "f16"});
  EXPECT_EQ(zeros_of(problem, std::vector<std::uint16_t>{0, 0x8000, 0x8000, 1}), (ZeroWeights{{}, {0}, {0}}));
}

TEST(ZeroWeights, OfIntegersAreNotLookedFor) {
  const Problem problem = Problem::parse("ic2oc2ih5iw5kh1kw1", {.dtype = "u8:s8:s32"});
  EXPECT_TRUE(zeros_of(problem, std::vector<std::int8_t>(4)).none());
}

TEST(ZeroWeights, MakeAnotherProblem) {
  const Problem dense = Problem::parse("ic8oc8ih9iw9kh3kw3");
  for (const ZeroWeights &zeros :
       {ZeroWeights{{0}, {}, {}}, ZeroWeights{{}, {0}, {}}, ZeroWeights{{}, {}, {0}}}) {
    Problem pruned = dense;
    pruned.zeros = zeros;
    EXPECT_NE(pruned, dense);
    EXPECT_NE(pruned.canonical(), dense.canonical());
    EXPECT_NE(hash_value(pruned), hash_value(dense));
    EXPECT_EQ(pruned.descriptor(), dense.descriptor());
  }
  Problem pruned = dense;
  pruned.zeros = {{}, {0, 1, 2, 5}, {}};
  EXPECT_NE(pruned.canonical().find(" zero-ic=0-2,5"), std::string::npos) << pruned.canonical();
}

} // namespace
} // namespace convforge
