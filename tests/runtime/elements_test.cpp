// Halves by their definition: (-1)^s 2^(e - 15) (1 + f / 2^10), and subnormal ones f 2^-24.
#include "convforge/elements.h"

#include "fake.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <tuple>

namespace {

constexpr int infinity = 0x7c00, halves = 0x10000;

double defined(int half) {
  const int exponent = half >> 10 & 31, fraction = half & 1023;
  const double magnitude =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

bool is_nan(int half) {
  return (half & 0x7fff) > infinity;
}

convforge_f16 to_f16(double value) {
  return convforge_to_f16(static_cast<float>(value));
}

TEST(Elements, HalvesAreWhatTheyAreDefinedToBe) {
  for (int half = 0; half < halves; ++half) {
    const float value = convforge_from_f16(static_cast<convforge_f16>(half));
    if (is_nan(half))
      EXPECT_TRUE(std::isnan(value)) << half;
    else if ((half & 0x7fff) == infinity)
      EXPECT_TRUE(std::isinf(value)) << half;
    else
      EXPECT_EQ(value, defined(half)) << half;
    EXPECT_EQ(std::signbit(value), half >= 0x8000) << half;
  }
}

TEST(Elements, EveryHalfComesBack) {
  for (int half = 0; half < halves; ++half) {
    const convforge_f16 back = convforge_to_f16(convforge_from_f16(static_cast<convforge_f16>(half)));
    EXPECT_EQ(back, is_nan(half) ? half | 0x200 : half); // quiet
  }
}

// Between neighbours the nearer one, half way the even one. Above the largest half, 65504, the next would be
// 65536: what rounds to it is infinity.
TEST(Elements, FloatsGoToTheNearestHalf) {
  for (int half = 0; half < infinity; ++half) {
    const double next = half + 1 == infinity ? 65536 : defined(half + 1), middle = (defined(half) + next) / 2;
    const auto tie = static_cast<float>(middle);
    EXPECT_EQ(tie, middle);
    EXPECT_EQ(to_f16(middle), half + half % 2) << half;
    EXPECT_EQ(to_f16(std::nextafter(tie, 0.0f)), half) << half;
    EXPECT_EQ(to_f16(std::nextafter(tie, 1e9f)), half + 1) << half;
    EXPECT_EQ(to_f16(-middle), 0x8000 + half + half % 2) << half;
  }
  EXPECT_EQ(to_f16(65520), infinity);
  EXPECT_EQ(to_f16(std::numeric_limits<float>::max()), infinity);
  EXPECT_EQ(to_f16(std::numeric_limits<float>::denorm_min()), 0);
}

TEST(Elements, NanStaysNan) {
  for (const std::uint32_t bits : {0x7f800001u, 0x7fc00000u, 0xffffffffu, 0x7f801fffu}) {
    const convforge_f16 half = convforge_to_f16(std::bit_cast<float>(bits));
    EXPECT_TRUE(is_nan(half)) << bits;
    EXPECT_EQ(half >> 15, bits >> 31);
  }
}

TEST(Elements, TypesHaveSizesAndNames) {
  EXPECT_EQ(convforge_dtype_bytes(CONVFORGE_F32), 4u);
  EXPECT_EQ(convforge_dtype_bytes(CONVFORGE_F16), 2u);
  for (const std::int32_t dtype : {CONVFORGE_U8, CONVFORGE_S8})
    EXPECT_EQ(convforge_dtype_bytes(dtype), 1u);
  EXPECT_EQ(convforge_dtype_bytes(CONVFORGE_S16), 2u);
  EXPECT_EQ(convforge_dtype_bytes(CONVFORGE_S32), 4u);
  EXPECT_EQ(convforge_dtype_bytes(CONVFORGE_F64), 8u);
  EXPECT_EQ(convforge_dtype_bytes(99), 0u);
  EXPECT_STREQ(convforge_dtype_name(CONVFORGE_F16), "float16");
  EXPECT_STREQ(convforge_dtype_name(CONVFORGE_U8), "uint8");
  EXPECT_STREQ(convforge_dtype_name(0), "unknown");
}

double stored(std::int32_t dtype, double value) {
  alignas(double) unsigned char element[sizeof(double)];
  convforge_store_element(dtype, element, 0, value);
  return convforge_load_element(dtype, element, 0);
}

TEST(Elements, IntegersAreTheNearestOnesThatTheTypeHas) {
  for (const auto &[dtype, low, high] : {std::tuple{CONVFORGE_U8, 0.0, 255.0},
                                         {CONVFORGE_S8, -128.0, 127.0},
                                         {CONVFORGE_S16, -32768.0, 32767.0},
                                         {CONVFORGE_S32, -2147483648.0, 2147483647.0}}) {
    for (const double whole : {low, 1.0, 100.0, high})
      EXPECT_EQ(stored(dtype, whole), whole) << dtype;
    EXPECT_EQ(stored(dtype, 2.5), 2) << dtype;
    EXPECT_EQ(stored(dtype, 3.5), 4) << dtype;
    EXPECT_EQ(stored(dtype, low - 1), low) << dtype;
    EXPECT_EQ(stored(dtype, 1e300), high) << dtype;
    EXPECT_EQ(stored(dtype, std::nan("")), low) << dtype;
  }
}

// 16 x 16 weights in one block of 16 lanes: packed as they come.
std::vector<unsigned char> packed(fake::Kernel &kernel, const std::vector<convforge_f16> &weights,
                                  std::int32_t type) {
  kernel.pack.weights_dtype = kernel.list[fake::weights].dtype = CONVFORGE_F16;
  kernel.list[fake::weights].bytes = weights.size() * 2;
  kernel.pack.packed_dtype = type;
  kernel.packed_bytes = CONVFORGE_PACK_HEADER_BYTES + 256 * convforge_dtype_bytes(type);
  const std::size_t room = kernel.packed_bytes + CONVFORGE_ALIGNMENT;
  std::vector<unsigned char> storage(room);
  void *aligned = storage.data();
  std::size_t space = room;
  std::align(CONVFORGE_ALIGNMENT, kernel.packed_bytes, aligned, space);
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), aligned), CONVFORGE_OK);
  const auto *first = static_cast<unsigned char *>(aligned) + CONVFORGE_PACK_HEADER_BYTES;
  return {first, first + 256 * convforge_dtype_bytes(type)};
}

TEST(Elements, WeightsArePackedBitByBitOrConverted) {
  fake::Kernel kernel(nullptr);
  std::vector<convforge_f16> weights(256);
  for (int i = 0; i < 256; ++i)
    weights[i] = static_cast<convforge_f16>(i * 257); // a signalling NaN among them
  const auto same = packed(kernel, weights, CONVFORGE_F16), wide = packed(kernel, weights, CONVFORGE_F32);
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(same[2 * i] | same[2 * i + 1] << 8, weights[i]) << i;
    const float value = convforge_load_element(CONVFORGE_F32, wide.data(), i);
    EXPECT_EQ(std::bit_cast<std::uint32_t>(value),
              std::bit_cast<std::uint32_t>(convforge_from_f16(weights[i])));
  }
  kernel.pack.packed_dtype = 99;
  EXPECT_EQ(convforge_pack_weights(&kernel, weights.data(), weights.data()), CONVFORGE_ERROR_ABI);
}

// Halves lie at even addresses, floats at multiples of four.
TEST(Elements, AlignmentIsThatOfTheType) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  call.at[fake::input] = call.base + 2;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_MISALIGNED);
  kernel.list[fake::input].dtype = CONVFORGE_F16;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  call.at[fake::input] = call.base + 1;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_MISALIGNED);
  kernel.list[fake::input].dtype = 99;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_ABI);
}

} // namespace
