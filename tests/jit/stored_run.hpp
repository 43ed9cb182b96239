// Running what stored_compiler.hpp answers.
#pragma once

#include "convforge/jit.hpp"

#include <cstddef>
#include <cstring>
#include <gtest/gtest.h>
#include <string_view>
#include <vector>

namespace convforge {

/// What stored_kernel.c computes: 2 + 3, or where Winograd transforms the weights its first one.
inline void expect_runs(const JitKernel &kernel) {
  const convforge_kernel &descriptor = kernel.descriptor();
  const std::vector<float> input(convforge_input(&descriptor)->bytes / 4, 2),
      weights(convforge_weights(&descriptor)->bytes / 4, 3),
      bias(static_cast<std::size_t>(convforge_output(&descriptor)->bytes) / 4);
  std::vector<float> output(convforge_output(&descriptor)->bytes / 4);
  alignas(64) std::byte packed[1 << 14], workspace[64];
  ASSERT_LE(descriptor.packed_bytes, sizeof packed);
  ASSERT_EQ(convforge_workspace_size(&descriptor, 1), 0u);
  ASSERT_EQ(kernel.pack(weights.data(), packed), CONVFORGE_OK);
  EXPECT_EQ(kernel(input.data(), packed, bias.data(), output.data(), workspace), CONVFORGE_OK);
  float weight = 0;
  std::memcpy(&weight, packed + CONVFORGE_PACK_HEADER_BYTES, sizeof weight);
  EXPECT_EQ(output.front(), 2 + weight);
  EXPECT_EQ(weight == 3, std::string_view(descriptor.algorithm) != "winograd");
}

} // namespace convforge
