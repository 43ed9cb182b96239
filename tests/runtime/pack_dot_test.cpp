// Weights packed for dot products, and the tables beside them, against the words of convforge.h.
#include "dot_packing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace dot_packing {
namespace {

std::vector<Case> cases() {
  const auto region = [](int first, int channels, int lanes) {
    return convforge_pack_region{0, first, channels, lanes, 0};
  };
  constexpr std::int32_t fixed = CONVFORGE_MULTIPLIERS_FIXED, none = CONVFORGE_MULTIPLIERS_NONE;
  constexpr std::int32_t s8 = CONVFORGE_S8, s16 = CONVFORGE_S16;
  return {
      {{1, 1, 1, 1, 1}, {region(0, 1, 1)}, 1},
      {{1, 1, 4, 16, 1}, {region(0, 16, 16)}},
      {{3, 3, 5, 23, 1}, {region(0, 16, 16), region(16, 7, 8)}, 4, 1, s8, CONVFORGE_U8, 128},
      {{3, 3, 5, 23, 1}, {region(0, 23, 16)}, 2, 1, s16, CONVFORGE_U8, 255},
      {{3, 3, 3, 10, 1}, {region(0, 10, 8)}, 4, 3, s8, s8, -128, 128},        // a first layer
      {{2, 4, 3, 10, 1}, {region(0, 10, 8)}, 4, 2, s8, s8, 5, 128, fixed},    // two runs a row
      {{3, 3, 1, 40, 1}, {region(0, 32, 16), region(32, 8, 8)}, 4, 3},        // depthwise
      {{3, 5, 1, 9, 1}, {region(0, 9, 4)}, 4, 5, s8, s8, 127, 128, fixed},    // a run of 5, stored as 8
      {{3, 3, 4, 6, 5}, {region(0, 4, 4), region(4, 2, 4)}, 4, 1, s8, s8, 1}, // groups
      {{1, 5, 2, 3, 7}, {region(0, 3, 16)}, 2, 5, s16, s8, 100, 0, none},
      {{2, 3, 5, 12, 1, 4}, {region(0, 8, 8), region(8, 4, 8)}, 4, 1, s8, CONVFORGE_U8, 7, 0, fixed}, // 3-D
      {{1, 1, 3, 5, 2, 3}, {region(0, 5, 4)}, 1, 1, s8, s8, -3, 0, none, false},
      {{1, 1, 64, 70, 1}, {region(0, 64, 64), region(64, 6, 16)}, 4, 1, s8, s8, 0, 128, fixed, false},
  };
}

TEST(PackDot, FollowsTheFormula) {
  unsigned seed = 1;
  for (const Case &c : cases())
    for (const bool oihw : {false, true}) {
      Kernel kernel(c, oihw);
      fill(kernel, seed++);
      expect_packed(kernel, oihw ? "oihw" : "hwio");
    }
}

TEST(PackDot, WeightsOfTheLeastValue) {
  for (const Case &c : cases()) {
    Kernel kernel(c, false);
    std::ranges::fill(kernel.weights, std::int8_t{-128});
    expect_packed(kernel, "-128");
  }
}

TEST(PackDot, WeightsAloneAreEnoughWhereNothingElseIsPacked) {
  Case c = cases()[2];
  c.multipliers = CONVFORGE_MULTIPLIERS_NONE;
  c.bias = false;
  Kernel kernel(c, false);
  fill(kernel, 5);
  Room room(kernel.packed_bytes), same(kernel.packed_bytes);
  ASSERT_EQ(convforge_pack_weights(&kernel, kernel.weights.data(), room.data), CONVFORGE_OK);
  ASSERT_EQ(convforge_pack_operands(&kernel, kernel.pointers().data(), same.data), CONVFORGE_OK);
  EXPECT_EQ(std::memcmp(room.data, same.data, kernel.packed_bytes), 0);
}

/// What packing answers; it must have touched nothing.
int refusal(const Kernel &kernel, const std::vector<const void *> &pointers) {
  Room room(kernel.packed_bytes);
  const int status = convforge_pack_operands(&kernel, pointers.data(), room.data);
  EXPECT_TRUE(room.untouched());
  return status;
}

TEST(PackDot, RefusesMultipliersOutOfRange) {
  Kernel kernel(cases()[2], false);
  for (const double multiplier :
       {-1e-300, -1.0, std::nan(""), 0x1p31, 1e300, std::numeric_limits<double>::infinity()}) {
    kernel.multipliers.back() = multiplier;
    EXPECT_EQ(refusal(kernel, kernel.pointers()), CONVFORGE_ERROR_MULTIPLIER) << multiplier;
  }
  for (const double multiplier :
       {0.0, std::numeric_limits<double>::denorm_min(), std::nextafter(0x1p31, 0.0)}) {
    kernel.multipliers.back() = multiplier;
    expect_packed(kernel, "an extreme multiplier");
  }
}

TEST(PackDot, RefusesSumsThatMayOverflow) {
  struct Limit {
    std::int32_t source;
    int zero_point, most_difference;
  };
  for (const Limit &limit :
       {Limit{CONVFORGE_U8, 0, 255}, Limit{CONVFORGE_U8, 255, 255}, Limit{CONVFORGE_U8, 100, 155},
        Limit{CONVFORGE_S8, 0, 128}, Limit{CONVFORGE_S8, -128, 255}, Limit{CONVFORGE_S8, 1, 129}}) {
    Case c = cases()[2];
    c.source = limit.source, c.zero_point = limit.zero_point;
    Kernel kernel(c, true);
    std::ranges::fill(kernel.weights, std::int8_t{0});
    kernel.weights[kernel.weights.size() - 45] = -128; // 45 taps: the last channel's first and last
    kernel.weights.back() = 100;
    const std::int32_t most = std::numeric_limits<std::int32_t>::max() - 228 * limit.most_difference;
    for (const int sign : {1, -1}) {
      kernel.bias.back() = sign * most;
      Room room(kernel.packed_bytes);
      EXPECT_EQ(convforge_pack_operands(&kernel, kernel.pointers().data(), room.data), CONVFORGE_OK);
      kernel.bias.back() = sign * (most + 1);
      EXPECT_EQ(refusal(kernel, kernel.pointers()), CONVFORGE_ERROR_SUMS) << limit.zero_point;
    }
  }
}

TEST(PackDot, RefusesWhatIsMissingOrMisplaced) {
  Kernel kernel(cases()[2], false);
  const std::vector<const void *> pointers = kernel.pointers();
  for (const std::size_t i : {1, 2, 3}) {
    std::vector<const void *> changed = pointers;
    changed[i] = nullptr;
    EXPECT_EQ(refusal(kernel, changed), CONVFORGE_ERROR_NULL) << i;
    changed[i] = static_cast<const char *>(pointers[i]) + 1;
    if (i > 1)
      EXPECT_EQ(refusal(kernel, changed), CONVFORGE_ERROR_MISALIGNED) << i;
  }
  Room room(kernel.packed_bytes + 4096);
  EXPECT_EQ(convforge_pack_operands(nullptr, pointers.data(), room.data), CONVFORGE_ERROR_TARGET);
  EXPECT_EQ(convforge_pack_operands(&kernel, nullptr, room.data), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_pack_operands(&kernel, pointers.data(), nullptr), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_pack_operands(&kernel, pointers.data(), room.data + 4), CONVFORGE_ERROR_MISALIGNED);
  for (const std::size_t i : {1, 2, 3}) {
    std::vector<const void *> changed = pointers;
    changed[i] = room.data + kernel.packed_bytes - 8;
    EXPECT_EQ(convforge_pack_operands(&kernel, changed.data(), room.data), CONVFORGE_ERROR_OVERLAP) << i;
  }
  EXPECT_TRUE(room.untouched());
  EXPECT_EQ(convforge_pack_weights(&kernel, kernel.weights.data(), room.data), CONVFORGE_ERROR_NULL);
  kernel.list[1].constant = room.data;
  EXPECT_EQ(refusal(kernel, pointers), CONVFORGE_ERROR_CONSTANT);
}

TEST(PackDot, RefusesWhatItDoesNotKnow) {
  const auto changed = [](auto change) {
    Kernel kernel(cases()[4], false);
    change(kernel);
    return refusal(kernel, kernel.pointers());
  };
  EXPECT_EQ(changed([](Kernel &k) { k.pack.weights_dtype = CONVFORGE_U8; }), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.pack.packed_dtype = CONVFORGE_F32; }), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.pack.dot.dot = 0; }), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.pack.dot.run_columns = 0; }), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.pack.dot.run_columns = 2; }), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.pack.dot.multipliers = 3; }), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.pack.dot.multipliers = CONVFORGE_MULTIPLIERS_NONE; }),
            CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.list[3].name = "scale"; }), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.list[3].dtype = CONVFORGE_F32; }), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(changed([](Kernel &k) { k.pack.kind = CONVFORGE_PACK_BLOCKED; }), CONVFORGE_ERROR_ABI);
}

} // namespace
} // namespace dot_packing
