// Slices of one larger tensor: convforge_run refuses those that share an element, whatever their bytes do.
#include "convforge/elements.h"
#include "fake.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace {

using Four = std::array<std::int64_t, 4>;

convforge_operand slice(const Four &shape, const Four &strides, convforge_dtype dtype = CONVFORGE_F32) {
  convforge_operand info{};
  info.dtype = dtype;
  info.rank = 4;
  std::int64_t last = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    info.shape[i] = shape[i];
    info.strides[i] = strides[i];
    last += (shape[i] - 1) * strides[i];
  }
  info.bytes = static_cast<std::size_t>(last + 1) * convforge_dtype_bytes(dtype);
  return info;
}

/// Every element's place.
std::set<std::int64_t> places(const Four &shape, const Four &strides, std::int64_t from) {
  std::set<std::int64_t> all;
  for (std::int64_t n = 0; n < shape[0]; ++n)
    for (std::int64_t h = 0; h < shape[1]; ++h)
      for (std::int64_t w = 0; w < shape[2]; ++w)
        for (std::int64_t c = 0; c < shape[3]; ++c)
          all.insert(from + n * strides[0] + h * strides[1] + w * strides[2] + c * strides[3]);
  return all;
}

/// As that operand of the fake.
void replace(fake::Kernel &kernel, int i, convforge_operand slice) {
  slice.name = kernel.list[i].name;
  slice.role = kernel.list[i].role;
  kernel.list[i] = slice;
}

/// What a call answers whose input and output are slices, the output `distance` of the input's elements after
/// it.
int status(const convforge_operand &input, const convforge_operand &output, std::int64_t distance) {
  fake::Kernel kernel([](void **) { return 0; });
  fake::Call call(kernel);
  replace(kernel, fake::input, input);
  replace(kernel, fake::output, output);
  kernel.view_count = 1;
  std::vector<float> memory(4096);
  auto *first = reinterpret_cast<unsigned char *>(memory.data() + 1024);
  call.at[fake::input] = first;
  call.at[fake::output] = first + distance * static_cast<std::int64_t>(convforge_dtype_bytes(input.dtype));
  return convforge_run(&kernel, &call);
}

TEST(Overlap, HalvesOfAConcatenationInterleave) {
  const convforge_operand half = slice({2, 3, 4, 8}, {192, 64, 16, 1});
  EXPECT_EQ(status(half, half, 8), CONVFORGE_OK);
  EXPECT_EQ(status(half, half, -8), CONVFORGE_OK);
  EXPECT_EQ(status(half, half, 7), CONVFORGE_ERROR_OVERLAP);
  EXPECT_EQ(status(half, half, 9), CONVFORGE_ERROR_OVERLAP) << "the next pixel's first channel";
  EXPECT_EQ(status(half, half, 0), CONVFORGE_ERROR_OVERLAP);
}

TEST(Overlap, HalvesInterleaveByElementsOfTheirOwn) {
  const convforge_operand half = slice({2, 3, 4, 8}, {192, 64, 16, 1}, CONVFORGE_F16);
  EXPECT_EQ(status(half, half, 8), CONVFORGE_OK);
  EXPECT_EQ(status(half, half, 7), CONVFORGE_ERROR_OVERLAP);
  EXPECT_EQ(status(half, slice({2, 3, 4, 8}, {192, 64, 16, 1}), 8), CONVFORGE_ERROR_OVERLAP)
      << "of another type";
}

TEST(Overlap, OtherPitchesAreRefused) {
  const convforge_operand half = slice({1, 3, 4, 8}, {192, 64, 16, 1}),
                          other = slice({1, 3, 4, 8}, {192, 128, 32, 1});
  EXPECT_EQ(status(half, other, 8), CONVFORGE_ERROR_OVERLAP);
}

TEST(Overlap, WhatIsWiderThanTheOthersRowIsRefused) {
  // One row of ten pixels beside rows of five: no larger tensor holds both.
  const convforge_operand row = slice({1, 1, 10, 4}, {80, 80, 8, 1}),
                          rows = slice({1, 4, 5, 4}, {160, 40, 8, 1});
  EXPECT_EQ(status(row, rows, 4), CONVFORGE_ERROR_OVERLAP);
}

// Two boxes, rows with a pitch that pixels do not divide: every distance against the elements themselves.
TEST(Overlap, AnswersAreThoseOfTheElements) {
  const Four strides{120, 27, 6, 1};
  const Four shapes[] = {{2, 3, 4, 2}, {1, 4, 4, 3}, {2, 1, 3, 2}, {1, 1, 1, 5}, {2, 4, 1, 1}};
  int apart = 0, shared = 0;
  for (const Four &a : shapes)
    for (const Four &b : shapes) {
      const std::set<std::int64_t> input = places(a, strides, 0);
      for (std::int64_t distance = -260; distance <= 260; ++distance) {
        bool meet = false;
        for (const std::int64_t place : places(b, strides, distance))
          meet |= input.contains(place);
        EXPECT_EQ(status(slice(a, strides), slice(b, strides), distance),
                  meet ? CONVFORGE_ERROR_OVERLAP : CONVFORGE_OK)
            << "distance " << distance << ", " << a[0] << a[1] << a[2] << a[3] << " and " << b[0] << b[1]
            << b[2] << b[3];
        ++(meet ? shared : apart);
      }
    }
  EXPECT_GT(apart, 1000);
  EXPECT_GT(shared, 1000);
}

// What is always dense may not lie in a gap.
TEST(Overlap, WorkspaceAndBiasStayOutOfGaps) {
  fake::Kernel kernel([](void **) { return 0; });
  fake::Call call(kernel);
  replace(kernel, fake::output, slice({1, 1, 2, 8}, {512, 512, 256, 1}));
  call.at[fake::bias] = static_cast<float *>(call.at[fake::output]) + 64;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
}

} // namespace
