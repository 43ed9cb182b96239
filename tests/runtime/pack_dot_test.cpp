// Weights packed for dot products, and the tables beside them, against the words of convforge.h.
#include "convforge/quantise.h"

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

struct Shape {
  int R, S, C, K, groups; // C and K within a group
  int T = 1;
};

struct Case {
  Shape shape;
  std::vector<convforge_pack_region> regions; // offsets are filled in by Kernel
  int dot = 4, run_columns = 1;
  std::int32_t packed = CONVFORGE_S8, source = CONVFORGE_U8;
  int zero_point = 0, offset = 0;
  std::int32_t multipliers = CONVFORGE_MULTIPLIERS_FLOAT;
  bool bias = true;
};

std::size_t round_up(std::size_t size, std::size_t unit) {
  return (size + unit - 1) / unit * unit;
}

convforge_operand operand(const char *name, convforge_role role, std::int32_t dtype, std::size_t bytes) {
  convforge_operand operand{};
  operand.name = name;
  operand.role = role;
  operand.dtype = dtype;
  operand.bytes = bytes;
  return operand;
}

int blocks_of(const convforge_pack_region &region) {
  return (region.channels + region.lanes - 1) / region.lanes;
}

/// A descriptor of what packing reads, and the values that are packed.
struct Kernel : convforge_kernel {
  Case c;
  std::vector<convforge_operand> list;
  std::vector<std::int8_t> weights;
  std::vector<double> multipliers;
  std::vector<std::int32_t> bias;
  std::size_t gap; ///< bytes after everything of a region, which stay zero

  explicit Kernel(const Case &given, bool oihw, std::size_t gap_bytes = 64)
      : convforge_kernel{}, c(given), gap(gap_bytes) {
    const Shape &s = c.shape;
    abi_version = CONVFORGE_ABI_VERSION;
    weights.resize(std::size_t(s.T) * s.R * s.S * s.C * s.K * s.groups);
    multipliers.assign(std::size_t(s.K) * s.groups, 0.5);
    bias.assign(multipliers.size(), 0);
    list = {operand("input", CONVFORGE_INPUT, c.source, 1),
            operand("weights", CONVFORGE_WEIGHTS, CONVFORGE_S8, weights.size())};
    if (c.multipliers != CONVFORGE_MULTIPLIERS_NONE)
      list.push_back(operand("multipliers", CONVFORGE_PACKED, CONVFORGE_F64, 8 * multipliers.size()));
    if (c.bias)
      list.push_back(operand("bias", CONVFORGE_PACKED, CONVFORGE_S32, 4 * bias.size()));
    list.push_back(operand("output", CONVFORGE_OUTPUT, CONVFORGE_U8, 1));
    operand_count = static_cast<int>(list.size());
    operands = list.data();
    describe(oihw);
    place();
  }
  Kernel(const Kernel &) = delete;
  Kernel &operator=(const Kernel &) = delete;

  void describe(bool oihw) {
    const Shape &s = c.shape;
    pack.layout_id = 0x0123456789abcdefu;
    pack.kind = CONVFORGE_PACK_DOT;
    pack.weights_oihw = oihw;
    pack.weights_dtype = CONVFORGE_S8;
    pack.packed_dtype = c.packed;
    pack.groups = s.groups, pack.group_in = s.C, pack.group_out = s.K;
    pack.kernel[CONVFORGE_DEPTH] = s.T, pack.kernel[CONVFORGE_HEIGHT] = s.R;
    pack.kernel[CONVFORGE_WIDTH] = s.S;
    pack.dot = {c.dot, c.run_columns, c.zero_point, c.offset, c.multipliers, 0};
    pack.region_count = static_cast<int>(c.regions.size());
    pack.regions = c.regions.data();
  }
  std::size_t run() const { return round_up(std::size_t(c.run_columns) * c.shape.C, c.dot); }
  std::size_t channels(const convforge_pack_region &region) const {
    return std::size_t(c.shape.groups) * blocks_of(region) * region.lanes;
  }
  std::size_t table(const convforge_pack_region &region) const { return round_up(4 * channels(region), 64); }
  void place() {
    std::size_t at = CONVFORGE_PACK_HEADER_BYTES;
    const std::size_t rows = std::size_t(c.shape.T) * c.shape.R * (c.shape.S / c.run_columns);
    for (convforge_pack_region &region : c.regions) {
      region.offset = at;
      at += round_up(channels(region) * rows * run() * (c.packed == CONVFORGE_S8 ? 1 : 2), 64);
      region.tables = at;
      at += table(region) * (1 + c.multipliers) + gap;
    }
    packed_bytes = at;
  }
  std::vector<const void *> pointers() const {
    std::vector<const void *> all = {nullptr, weights.data()};
    if (c.multipliers != CONVFORGE_MULTIPLIERS_NONE)
      all.push_back(multipliers.data());
    if (c.bias)
      all.push_back(bias.data());
    all.push_back(nullptr);
    return all;
  }
  /// Weight of output channel `channel`, of all groups'.
  int weight(int t, int r, int s, int i, int channel) const {
    const auto [R, S, C, K, groups, T] = c.shape;
    const std::size_t tap = (std::size_t(t) * R + r) * S + s, all = std::size_t(K) * groups;
    return pack.weights_oihw ? weights[(std::size_t(channel) * C + i) * T * R * S + tap]
                             : weights[(tap * C + i) * all + channel];
  }
};

template <typename T>
void put(std::vector<unsigned char> &bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

/// [group][block][t][r][s / run_columns][element / dot][lane][element % dot] in bytes; zero elsewhere.
void put_weights(const Kernel &k, const convforge_pack_region &region, std::vector<unsigned char> &bytes) {
  const auto [R, S, C, K, groups, T] = k.c.shape;
  const std::size_t size = k.c.packed == CONVFORGE_S8 ? 1 : 2, dot = k.c.dot;
  for (int g = 0; g < groups; ++g)
    for (int i = 0; i < region.channels; ++i)
      for (int t = 0; t < T; ++t)
        for (int r = 0; r < R; ++r)
          for (int s = 0; s < S; ++s)
            for (int channel = 0; channel < C; ++channel) {
              const int value = k.weight(t, r, s, channel, g * K + region.first_channel + i);
              const std::size_t element = std::size_t(s % k.c.run_columns) * C + channel;
              std::size_t at = std::size_t(g) * blocks_of(region) + i / region.lanes;
              at = ((at * T + t) * R + r) * (S / k.c.run_columns) + s / k.c.run_columns;
              at = at * (k.run() / dot) + element / dot;
              at = (at * region.lanes + i % region.lanes) * dot + element % dot;
              if (size == 1)
                put(bytes, region.offset + at, static_cast<std::int8_t>(value));
              else
                put(bytes, region.offset + 2 * at, static_cast<std::int16_t>(value));
            }
}

std::int64_t sum_of_weights(const Kernel &k, int channel) {
  const auto [R, S, C, K, groups, T] = k.c.shape;
  std::int64_t sum = 0;
  for (int t = 0; t < T; ++t)
    for (int r = 0; r < R; ++r)
      for (int s = 0; s < S; ++s)
        for (int i = 0; i < C; ++i)
          sum += k.weight(t, r, s, i, channel);
  return sum;
}

void put_tables(const Kernel &k, const convforge_pack_region &region, std::vector<unsigned char> &bytes) {
  for (int g = 0; g < k.c.shape.groups; ++g)
    for (int i = 0; i < region.channels; ++i) {
      const int channel = g * k.c.shape.K + region.first_channel + i;
      std::size_t at = std::size_t(g) * blocks_of(region) + i / region.lanes;
      at = region.tables + 4 * (at * region.lanes + i % region.lanes);
      const std::int64_t bias = k.c.bias ? k.bias[channel] : 0;
      put(bytes, at,
          static_cast<std::uint32_t>(bias -
                                     std::int64_t(k.c.offset + k.c.zero_point) * sum_of_weights(k, channel)));
      const convforge_fixed_point fixed = convforge_fixed_point_of(k.multipliers[channel]);
      if (k.c.multipliers == CONVFORGE_MULTIPLIERS_FLOAT)
        put(bytes, at + k.table(region), static_cast<float>(k.multipliers[channel]));
      if (k.c.multipliers == CONVFORGE_MULTIPLIERS_FIXED) {
        put(bytes, at + k.table(region), fixed.factor);
        put(bytes, at + 2 * k.table(region), fixed.shift);
      }
    }
}

std::vector<unsigned char> expected(const Kernel &kernel) {
  std::vector<unsigned char> bytes(kernel.packed_bytes);
  for (const convforge_pack_region &region : kernel.c.regions) {
    put_weights(kernel, region, bytes);
    put_tables(kernel, region, bytes);
  }
  return bytes;
}

/// Aligned to 64 bytes, with a guard value before and behind.
struct Room {
  std::vector<unsigned char> storage;
  unsigned char *data;
  std::size_t size;
  explicit Room(std::size_t bytes) : storage(bytes + 192, 0xa5), size(bytes) {
    data = storage.data() + 64 + (64 - reinterpret_cast<std::uintptr_t>(storage.data()) % 64) % 64;
  }
  bool untouched() const {
    return std::ranges::all_of(storage, [](unsigned char byte) { return byte == 0xa5; });
  }
};

void fill(Kernel &kernel, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> weight(-128, 127), bias(-1'000'000, 1'000'000), exponent(-35, 30);
  for (std::int8_t &value : kernel.weights)
    value = static_cast<std::int8_t>(weight(random));
  for (std::int32_t &value : kernel.bias)
    value = bias(random);
  for (double &value : kernel.multipliers)
    value = std::ldexp(1 + std::generate_canonical<double, 53>(random), exponent(random));
}

void expect_packed(const Kernel &kernel, const char *what) {
  Room room(kernel.packed_bytes);
  ASSERT_EQ(convforge_pack_operands(&kernel, kernel.pointers().data(), room.data), CONVFORGE_OK);
  const std::vector<unsigned char> want = expected(kernel);
  for (std::size_t i = CONVFORGE_PACK_HEADER_BYTES; i < want.size(); ++i)
    ASSERT_EQ(room.data[i], want[i]) << what << ": byte " << i << " of " << want.size();
  EXPECT_EQ(std::memcmp(room.data, "CFPACK\0\0\1\0\0\0\0\0\0\0", 16), 0);
  EXPECT_EQ(room.data[-1], 0xa5);
  EXPECT_EQ(room.data[room.size], 0xa5) << "wrote past the end";
}

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
