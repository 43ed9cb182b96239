// Kernels of slices are watched between their elements, too.
#include "convforge/elements.h"
#include "verify/kernel_run.hpp"
#include "verify/slice.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

using namespace convforge;

namespace {

constexpr std::int64_t pixels = 4, channels = 2;

/// 1 x 1 x 4 pixels of 2 channels, `pitch` elements apart.
convforge_operand row_of(std::int64_t pitch, const char *name = "row", convforge_role role = CONVFORGE_INPUT,
                         convforge_dtype dtype = CONVFORGE_F32) {
  convforge_operand info{};
  info.name = name;
  info.role = role;
  info.dtype = dtype;
  info.rank = 4;
  const std::int64_t shape[] = {1, 1, pixels, channels}, strides[] = {1, 1, pitch, 1};
  std::copy(shape, shape + 4, info.shape);
  std::copy(strides, strides + 4, info.strides);
  info.bytes = static_cast<std::size_t>((pixels - 1) * pitch + channels) * convforge_dtype_bytes(dtype);
  return info;
}

thread_local std::int64_t pitch_now;

/// Copies input to output, and does `more` with the first element of the first gap.
template <void (*more)(const float *in, float *out)>
int copy(void **arguments) {
  const auto *in = static_cast<const float *>(arguments[1]);
  auto *out = static_cast<float *>(arguments[2]);
  for (std::int64_t x = 0; x < pixels; ++x)
    for (std::int64_t c = 0; c < channels; ++c)
      out[x * pitch_now + c] = in[x * pitch_now + c];
  more(in, out);
  return 0;
}
void nothing(const float *, float *) {}
void write_gap(const float *, float *out) {
  out[channels] = 1;
}
void use_gap(const float *in, float *out) {
  out[0] += 0 * in[channels];
}

struct CopyKernel : convforge_kernel {
  convforge_operand list[3]{};
  convforge_view both[2] = {{0, 0, 0}, {2, 0, 0}};
  convforge_pack_region region{CONVFORGE_PACK_HEADER_BYTES, 0, 1, 1};

  CopyKernel(convforge_function run, std::int64_t pitch) : convforge_kernel{} {
    list[0] = row_of(pitch, "input", CONVFORGE_INPUT);
    list[1] = row_of(channels, "weights", CONVFORGE_WEIGHTS);
    list[2] = row_of(pitch, "output", CONVFORGE_OUTPUT);
    pitch_now = pitch;
    abi_version = CONVFORGE_ABI_VERSION;
    name = "copy";
    list[1].shape[2] = list[1].shape[3] = 1;
    list[1].bytes = sizeof(float);
    operand_count = 3;
    operands = list;
    pack.kind = CONVFORGE_PACK_BLOCKED;
    pack.weights_dtype = pack.packed_dtype = CONVFORGE_F32;
    pack.groups = pack.kernel[0] = pack.kernel[1] = pack.kernel[2] = pack.group_in = pack.group_out = 1;
    pack.region_count = 1;
    pack.regions = &region;
    packed_bytes = 2 * CONVFORGE_ALIGNMENT;
    view_count = 2;
    views = both;
    function = run;
  }
  CopyKernel(const CopyKernel &) = delete;
  CopyKernel &operator=(const CopyKernel &) = delete;
};

const Tensors tensors{{1, 2, 3, 4, 5, 6, 7, 8}, {1}, {}};

std::vector<float> result(convforge_function run, std::int64_t pitch, unsigned char poison) {
  const CopyKernel kernel(run, pitch);
  return run_guarded(kernel, tensors, {.poison = poison});
}

TEST(Slice, ScattersAndGathers) {
  const Slice slice(row_of(5));
  EXPECT_EQ(slice.elements(), 8u);
  EXPECT_EQ(slice.bytes(), 17 * sizeof(float));
  ASSERT_EQ(slice.ranges().size(), 4u);
  EXPECT_EQ(slice.ranges()[1].begin, 5 * sizeof(float));
  EXPECT_EQ(slice.ranges()[1].size, 2 * sizeof(float));
  std::vector<float> memory(17, -1);
  slice.scatter(to_elements(ElementType::f32, tensors.input), memory.data());
  EXPECT_EQ(memory, (std::vector<float>{1, 2, -1, -1, -1, 3, 4, -1, -1, -1, 5, 6, -1, -1, -1, 7, 8}));
  EXPECT_EQ(from_elements<float>(slice.type(), slice.gather(memory.data())), tensors.input);
  EXPECT_EQ(Slice(row_of(2)).ranges().size(), 1u);
}

TEST(Slice, HalvesAreRoundedAndComeBack) {
  const Slice slice(row_of(3, "row", CONVFORGE_INPUT, CONVFORGE_F16));
  EXPECT_EQ(slice.element_bytes(), 2u);
  EXPECT_EQ(slice.bytes(), 22u);
  EXPECT_EQ(slice.ranges()[1].begin, 6u);
  std::vector<convforge_f16> memory(11, 0x1234);
  const std::vector<float> values = {1, 2049, 3, -4, 5, 6, 7, 8};
  slice.scatter(to_elements(slice.type(), values), memory.data());
  EXPECT_EQ(memory[2], 0x1234);
  EXPECT_EQ(from_elements<float>(slice.type(), slice.gather(memory.data())),
            (std::vector<float>{1, 2048, 3, -4, 5, 6, 7, 8}));
}

TEST(Slice, ARightKernelPasses) {
  for (const std::int64_t pitch : {2, 3, 1024, 2048, 5000})
    for (const unsigned char poison : {0x00, 0xff})
      EXPECT_EQ(result(copy<nothing>, pitch, poison), tensors.input) << pitch;
}

TEST(Slice, AWriteBetweenElementsIsSeen) {
  for (const unsigned char poison : {0x00, 0xff}) {
    try {
      result(copy<write_gap>, 3, poison);
      ADD_FAILURE() << "not seen";
    } catch (const std::exception &error) {
      EXPECT_NE(std::string(error.what()).find("between the elements"), std::string::npos);
    }
  }
}

TEST(Slice, WhatLiesBetweenElementsChangesResults) {
  EXPECT_NE(result(copy<use_gap>, 3, 0xff), result(copy<use_gap>, 3, 0x00));
}

TEST(Slice, PagesBetweenElementsFault) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(result(copy<use_gap>, 2048, 0x00), "");
  EXPECT_DEATH(result(copy<write_gap>, 2048, 0x00), "");
}

TEST(Slice, GapsBesideHiddenPagesHoldTheirValue) {
  const Slice slice(row_of(3000));
  GuardedBuffer buffer(slice.bytes(), alignof(float), GuardedBuffer::Side::begin);
  buffer.poison(7);
  buffer.hide_gaps(slice.ranges());
  EXPECT_TRUE(buffer.gaps_hold(slice.ranges(), 7));
  static_cast<float *>(buffer.data())[3] = 0; // in the first page, beside the first pixel
  EXPECT_FALSE(buffer.gaps_hold(slice.ranges(), 7));
}

} // namespace
