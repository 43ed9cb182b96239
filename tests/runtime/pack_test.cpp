// Packed weights against the formula, element by element.
#include "convforge/convforge.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

struct Shape {
  int R, S, C, K, groups; // C and K within a group
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
    at += sizeof(float) * c.shape.groups * blocks * c.shape.R * c.shape.S * c.shape.C * region.lanes + 64;
    at = (at + 63) / 64 * 64;
  }
  return at;
}

convforge_kernel kernel_of(const Case &c, std::size_t packed_bytes, bool oihw) {
  convforge_kernel kernel{};
  kernel.abi_version = CONVFORGE_ABI_VERSION;
  const Shape &s = c.shape;
  kernel.weights.bytes = sizeof(float) * s.R * s.S * s.C * s.K * s.groups;
  kernel.packed_bytes = packed_bytes;
  kernel.pack.layout_id = 0x0123456789abcdefu;
  kernel.pack.kind = CONVFORGE_PACK_BLOCKED;
  kernel.pack.weights_oihw = oihw;
  kernel.pack.groups = s.groups;
  kernel.pack.kernel_h = s.R;
  kernel.pack.kernel_w = s.S;
  kernel.pack.group_in = s.C;
  kernel.pack.group_out = s.K;
  kernel.pack.region_count = static_cast<int>(c.regions.size());
  kernel.pack.regions = c.regions.data();
  kernel.pack.weights_dtype = kernel.pack.packed_dtype = CONVFORGE_F32;
  return kernel;
}

// What lies where, by the header's words: [group][block][r][s][c][lane] of each region; zero elsewhere.
std::vector<float> expected(const Case &c, std::size_t packed_bytes, const std::vector<float> &weights,
                            bool oihw) {
  std::vector<float> packed(packed_bytes / sizeof(float), 0.0f);
  const auto [R, S, C, K, groups] = c.shape;
  for (const auto &region : c.regions) {
    const int blocks = (region.channels + region.lanes - 1) / region.lanes;
    for (int g = 0; g < groups; ++g)
      for (int k = 0; k < region.channels; ++k)
        for (int r = 0; r < R; ++r)
          for (int s = 0; s < S; ++s)
            for (int i = 0; i < C; ++i) {
              const int block = k / region.lanes, lane = k % region.lanes,
                        channel = g * K + region.first_channel + k;
              const std::size_t to = ((((g * blocks + block) * R + r) * S + s) * C + i) * region.lanes + lane;
              const std::size_t hwio = ((r * S + s) * C + i) * (K * groups) + channel;
              const std::size_t from = oihw ? ((channel * C + i) * R + r) * S + s : hwio;
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
      const convforge_kernel kernel = kernel_of(c, bytes, oihw);
      std::vector<float> weights(kernel.weights.bytes / sizeof(float));
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

TEST(Pack, TheHeaderIsThe64BytesDocumented) {
  Case c = cases()[2];
  const std::size_t bytes = place(c);
  const convforge_kernel kernel = kernel_of(c, bytes, false);
  const std::vector<float> weights(kernel.weights.bytes / sizeof(float), 1.0f);
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
  convforge_kernel kernel = kernel_of(c, bytes, false);
  const std::size_t count = kernel.weights.bytes / sizeof(float);
  std::vector<float> weights(count + 1, 1.0f);
  Aligned packed(bytes + kernel.weights.bytes);
  EXPECT_EQ(convforge_pack_weights(nullptr, weights.data(), packed.data), CONVFORGE_ERROR_TARGET);
  EXPECT_EQ(convforge_pack_weights(&kernel, nullptr, packed.data), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), nullptr), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data + 4), CONVFORGE_ERROR_MISALIGNED);
  const char *odd = reinterpret_cast<const char *>(weights.data()) + 1;
  EXPECT_EQ(convforge_pack_weights(&kernel, odd, packed.data), CONVFORGE_ERROR_MISALIGNED);
  EXPECT_EQ(convforge_pack_weights(&kernel, packed.data + bytes - 4, packed.data), CONVFORGE_ERROR_OVERLAP);
  EXPECT_EQ(convforge_pack_weights(&kernel, packed.data + bytes, packed.data), CONVFORGE_OK);
  kernel.constant_weights = packed.data;
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data), CONVFORGE_ERROR_CONSTANT);
  kernel.constant_weights = nullptr;
  kernel.pack.kind = 99;
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), packed.data), CONVFORGE_ERROR_ABI);
}

} // namespace
