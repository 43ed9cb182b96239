// Packed weights against the formula, element by element.
#include "convforge/convforge.h"
#include "weights_source.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

struct Shape {
  int R, S, C, K, groups; // C and K within a group
  int T = 1;
  int taps() const { return T * R * S; }
};

struct Case {
  Shape shape;
  std::vector<convforge_pack_region> regions; // offsets are filled in by place()
};

// Puts the regions one after another with a gap of 64 bytes after each, to see that gaps are zeroed. Returns
// all bytes.
std::size_t place(Case &c) {
  std::size_t at = CONVFORGE_PACK_HEADER_BYTES;
  for (auto &region : c.regions) {
    region.offset = at;
    const int blocks = (region.channels + region.lanes - 1) / region.lanes;
    at += sizeof(float) * c.shape.groups * blocks * c.shape.taps() * c.shape.C * region.lanes + 64;
    at = (at + 63) / 64 * 64;
  }
  return at;
}

/// A descriptor of what packing reads, and the operands that it points at.
struct Descriptor : convforge_kernel {
  convforge_operand list[3]{};
  Descriptor() : convforge_kernel{} {}
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
};

void describe(Descriptor &kernel, const Case &c, std::size_t packed_bytes, bool oihw) {
  kernel.abi_version = CONVFORGE_ABI_VERSION;
  const Shape &s = c.shape;
  kernel.operand_count = 3;
  kernel.operands = kernel.list;
  kernel.list[1].dtype = CONVFORGE_F32;
  kernel.pack.weights_dtype = kernel.pack.packed_dtype = CONVFORGE_F32;
  kernel.list[1].bytes = sizeof(float) * s.taps() * s.C * s.K * s.groups;
  kernel.packed_bytes = packed_bytes;
  kernel.pack.layout_id = 0x0123456789abcdefu;
  kernel.pack.kind = CONVFORGE_PACK_BLOCKED;
  kernel.pack.groups = s.groups;
  kernel.pack.kernel[CONVFORGE_DEPTH] = s.T;
  kernel.pack.kernel[CONVFORGE_HEIGHT] = s.R;
  kernel.pack.kernel[CONVFORGE_WIDTH] = s.S;
  kernel.pack.group_in = s.C;
  kernel.pack.group_out = s.K;
  kernel.pack.source = convforge::weights_source(kernel.pack, oihw);
  kernel.pack.region_count = static_cast<int>(c.regions.size());
  kernel.pack.regions = c.regions.data();
}

// What lies where, by the header's words: [group][block][t][r][s][c][lane] of each region; zero elsewhere.
std::vector<float> expected(const Case &c, std::size_t packed_bytes, const std::vector<float> &weights,
                            bool oihw) {
  std::vector<float> packed(packed_bytes / sizeof(float), 0.0f);
  const auto [R, S, C, K, groups, T] = c.shape;
  for (const auto &region : c.regions) {
    const int blocks = (region.channels + region.lanes - 1) / region.lanes;
    for (int g = 0; g < groups; ++g)
      for (int k = 0; k < region.channels; ++k)
        for (int tr = 0; tr < T * R; ++tr) // the kernel's planes follow one another in all layouts
          for (int s = 0; s < S; ++s)
            for (int i = 0; i < C; ++i) {
              const int block = k / region.lanes, lane = k % region.lanes,
                        channel = g * K + region.first_channel + k;
              const std::size_t to =
                  ((((g * blocks + block) * T * R + tr) * S + s) * C + i) * region.lanes + lane;
              const std::size_t hwio = ((tr * S + s) * C + i) * (K * groups) + channel;
              const std::size_t from = oihw ? ((channel * C + i) * T * R + tr) * S + s : hwio;
              packed[region.offset / sizeof(float) + to] = weights[from];
            }
  }
  return packed;
}

std::vector<Case> cases() {
  return {
      {{1, 1, 1, 1, 1}, {{0, 0, 1, 1}}},
      {{1, 1, 1, 1, 1}, {{0, 0, 1, 16}}},
      {{3, 3, 5, 16, 1}, {{0, 0, 16, 8}}},
      {{3, 2, 4, 23, 1}, {{0, 0, 16, 16}, {0, 16, 7, 8}}},
      {{2, 3, 3, 23, 1}, {{0, 0, 23, 16}}},
      {{1, 1, 17, 70, 1}, {{0, 0, 64, 32}, {0, 64, 4, 4}, {0, 68, 2, 8}}},
      {{3, 3, 4, 6, 5}, {{0, 0, 4, 4}, {0, 4, 2, 4}}},
      {{1, 5, 2, 3, 7}, {{0, 0, 3, 16}}},
      {{3, 3, 1, 40, 1}, {{0, 0, 32, 16}, {0, 32, 8, 8}}}, // depthwise: all channels in one group
      {{2, 3, 5, 12, 1, 4}, {{0, 0, 8, 8}, {0, 8, 4, 8}}}, // 3-D
      {{1, 1, 3, 5, 2, 3}, {{0, 0, 5, 4}}},
  };
}

struct Aligned {
  std::vector<unsigned char> storage;
  unsigned char *data;
  explicit Aligned(std::size_t bytes) : storage(bytes + 128, 0xa5) {
    data = storage.data() + (64 - reinterpret_cast<std::uintptr_t>(storage.data()) % 64) % 64;
  }
};

TEST(Pack, FollowsTheFormula) {
  for (Case c : cases()) {
    const std::size_t bytes = place(c);
    for (const bool oihw : {false, true}) {
      Descriptor kernel;
      describe(kernel, c, bytes, oihw);
      std::vector<float> weights(kernel.list[1].bytes / sizeof(float));
      for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<float>(i + 1);
      Aligned packed(bytes);
      ASSERT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data), CONVFORGE_OK);
      const std::vector<float> want = expected(c, bytes, weights, oihw);
      std::vector<float> got(want.size());
      std::memcpy(got.data(), packed.data, bytes);
      const std::size_t header = CONVFORGE_PACK_HEADER_BYTES / sizeof(float);
      for (std::size_t i = header; i < want.size(); ++i)
        ASSERT_EQ(got[i], want[i]) << "element " << i << " of " << c.shape.R << "x" << c.shape.S << "x"
                                   << c.shape.C << "x" << c.shape.K << " groups " << c.shape.groups
                                   << (oihw ? " oihw" : " hwio");
      EXPECT_EQ(packed.data[bytes], 0xa5) << "wrote past the end";
    }
  }
}

// [group][block][t][r][s][c][lane] becomes [group][block][r][s][t][c][lane].
TEST(Pack, PlanesOfAWindowAreChannelsOneBehindTheOther) {
  const Shape shape{2, 3, 5, 4, 2, 3};
  Case c{shape, {{0, 0, 4, 4}}};
  const std::size_t bytes = place(c);
  for (const bool oihw : {false, true}) {
    Descriptor kernel;
    describe(kernel, c, bytes, oihw);
    std::vector<float> weights(kernel.list[1].bytes / sizeof(float));
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i] = static_cast<float>(i + 1);
    Aligned taps(bytes), planes(bytes);
    ASSERT_EQ(convforge_pack_weights(&kernel, weights.data(), taps.data), CONVFORGE_OK);
    kernel.pack.kernel[CONVFORGE_DEPTH] = 1;
    kernel.pack.plane_channels = shape.C;
    kernel.pack.group_in = shape.T * shape.C;
    ASSERT_EQ(convforge_pack_weights(&kernel, weights.data(), planes.data), CONVFORGE_OK);
    const auto *from = reinterpret_cast<const float *>(taps.data + c.regions.front().offset);
    const auto *to = reinterpret_cast<const float *>(planes.data + c.regions.front().offset);
    const int channels = shape.C * shape.K, window = shape.R * shape.S;
    for (int g = 0; g < shape.groups; ++g)
      for (int t = 0; t < shape.T; ++t)
        for (int tap = 0; tap < window; ++tap)
          for (int i = 0; i < channels; ++i)
            ASSERT_EQ(to[((g * window + tap) * shape.T + t) * channels + i],
                      from[((g * shape.T + t) * window + tap) * channels + i])
                << g << " " << t << " " << tap << " " << i;
  }
}

TEST(Pack, TheHeaderIsThe64BytesDocumented) {
  Case c = cases()[2];
  const std::size_t bytes = place(c);
  Descriptor kernel;
  describe(kernel, c, bytes, false);
  const std::vector<float> weights(kernel.list[1].bytes / sizeof(float), 1.0f);
  Aligned first(bytes), second(bytes);
  ASSERT_EQ(convforge_pack_weights(&kernel, weights.data(), first.data), CONVFORGE_OK);
  std::memset(second.data, 0x5a, bytes);
  ASSERT_EQ(convforge_pack_weights(&kernel, weights.data(), second.data), CONVFORGE_OK);
  EXPECT_EQ(std::memcmp(first.data, second.data, bytes), 0) << "depends on what was there before";
  EXPECT_EQ(std::memcmp(first.data, "CFPACK\0\0\1\0\0\0\0\0\0\0", 16), 0);
  std::uint64_t layout_and_size[2];
  std::memcpy(layout_and_size, first.data + 16, sizeof layout_and_size);
  EXPECT_EQ(layout_and_size[0], kernel.pack.layout_id);
  EXPECT_EQ(layout_and_size[1], bytes);
  for (int i = 32; i < 64; ++i)
    EXPECT_EQ(first.data[i], 0);
}

TEST(Pack, RefusesWhatItCannotDo) {
  Case c = cases()[2];
  const std::size_t bytes = place(c);
  Descriptor kernel;
  describe(kernel, c, bytes, false);
  const std::size_t count = kernel.list[1].bytes / sizeof(float);
  std::vector<float> weights(count + 1, 1.0f);
  Aligned packed(bytes + kernel.list[1].bytes);
  EXPECT_EQ(convforge_pack_weights(nullptr, weights.data(), packed.data), CONVFORGE_ERROR_TARGET);
  const convforge_operand *operands = kernel.operands;
  kernel.operands = nullptr;
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data), CONVFORGE_ERROR_ABI);
  kernel.operands = operands;
  EXPECT_EQ(convforge_pack_weights(&kernel, nullptr, packed.data), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), nullptr), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data + 4), CONVFORGE_ERROR_MISALIGNED);
  const char *odd = reinterpret_cast<const char *>(weights.data()) + 1;
  EXPECT_EQ(convforge_pack_weights(&kernel, odd, packed.data), CONVFORGE_ERROR_MISALIGNED);
  EXPECT_EQ(convforge_pack_weights(&kernel, packed.data + bytes - 4, packed.data), CONVFORGE_ERROR_OVERLAP);
  EXPECT_EQ(convforge_pack_weights(&kernel, packed.data + bytes, packed.data), CONVFORGE_OK);
  kernel.list[1].constant = packed.data;
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data), CONVFORGE_ERROR_CONSTANT);
  kernel.list[1].constant = nullptr;
  for (std::int32_t convforge_pack::*type : {&convforge_pack::weights_dtype, &convforge_pack::packed_dtype}) {
    kernel.pack.*type = 99;
    EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data), CONVFORGE_ERROR_ABI);
    kernel.pack.*type = CONVFORGE_F32;
  }
  kernel.pack.kind = 99;
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data), CONVFORGE_ERROR_ABI);
}

} // namespace
