// A kernel that packs weights for dot products, and the bytes that it packs by the words of convforge.h.
#pragma once

#include "convforge/quantise.h"

#include "weights_source.hpp"
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

inline std::size_t round_up(std::size_t size, std::size_t unit) {
  return (size + unit - 1) / unit * unit;
}

inline convforge_operand operand(const char *name, convforge_role role, std::int32_t dtype,
                                 std::size_t bytes) {
  convforge_operand operand{};
  operand.name = name;
  operand.role = role;
  operand.dtype = dtype;
  operand.bytes = bytes;
  return operand;
}

inline int blocks_of(const convforge_pack_region &region) {
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
    pack.weights_dtype = CONVFORGE_S8;
    pack.packed_dtype = c.packed;
    pack.groups = s.groups, pack.group_in = s.C, pack.group_out = s.K;
    pack.kernel[CONVFORGE_DEPTH] = s.T, pack.kernel[CONVFORGE_HEIGHT] = s.R;
    pack.kernel[CONVFORGE_WIDTH] = s.S;
    pack.dot = {c.dot, c.run_columns, c.zero_point, c.offset, c.multipliers, 0};
    pack.source = convforge::weights_source(pack, oihw);
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
    return pack.source.tap[CONVFORGE_WIDTH] == 1 ? weights[(std::size_t(channel) * C + i) * T * R * S + tap]
                                                 : weights[(tap * C + i) * all + channel];
  }
};

template <typename T>
inline void put(std::vector<unsigned char> &bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

/// [group][block][t][r][s / run_columns][element / dot][lane][element % dot] in bytes; zero elsewhere.
inline void put_weights(const Kernel &k, const convforge_pack_region &region,
                        std::vector<unsigned char> &bytes) {
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

inline std::int64_t sum_of_weights(const Kernel &k, int channel) {
  const auto [R, S, C, K, groups, T] = k.c.shape;
  std::int64_t sum = 0;
  for (int t = 0; t < T; ++t)
    for (int r = 0; r < R; ++r)
      for (int s = 0; s < S; ++s)
        for (int i = 0; i < C; ++i)
          sum += k.weight(t, r, s, i, channel);
  return sum;
}

inline void put_tables(const Kernel &k, const convforge_pack_region &region,
                       std::vector<unsigned char> &bytes) {
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

inline std::vector<unsigned char> expected(const Kernel &kernel) {
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

inline void fill(Kernel &kernel, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> weight(-128, 127), bias(-1'000'000, 1'000'000), exponent(-35, 30);
  for (std::int8_t &value : kernel.weights)
    value = static_cast<std::int8_t>(weight(random));
  for (std::int32_t &value : kernel.bias)
    value = bias(random);
  for (double &value : kernel.multipliers)
    value = std::ldexp(1 + std::generate_canonical<double, 53>(random), exponent(random));
}

inline void expect_packed(const Kernel &kernel, const char *what) {
  Room room(kernel.packed_bytes);
  ASSERT_EQ(convforge_pack_operands(&kernel, kernel.pointers().data(), room.data), CONVFORGE_OK);
  const std::vector<unsigned char> want = expected(kernel);
  for (std::size_t i = CONVFORGE_PACK_HEADER_BYTES; i < want.size(); ++i)
    ASSERT_EQ(room.data[i], want[i]) << what << ": byte " << i << " of " << want.size();
  EXPECT_EQ(std::memcmp(room.data, "CFPACK\0\0\1\0\0\0\0\0\0\0", 16), 0);
  EXPECT_EQ(room.data[-1], 0xa5);
  EXPECT_EQ(room.data[room.size], 0xa5) << "wrote past the end";
}

} // namespace dot_packing
