// A small kernel and the driver that records, for tests of the launcher.
#pragma once

#include "fake_cuda.h"

#include "convforge/cuda.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

inline constexpr std::array<convforge_view, 4> views{{{0, 0, 0}, {1, 0, 64}, {2, 0, 0}, {3, 0, 0}}};
inline constexpr std::array<std::int32_t, 4> arguments{3, 0, 1, 2}; // in another order than the views
inline constexpr convforge_pack_region region{64, 0, 4, 4};

constexpr convforge_operand tensor(const char *name, convforge_role role, std::int64_t elements) {
  return {name, role, CONVFORGE_F32, 1, 0, {elements}, {1}, static_cast<std::size_t>(elements) * 4, nullptr};
}
inline constexpr std::array<convforge_operand, 4> operands{
    {tensor("input", CONVFORGE_INPUT, 32), tensor("weights", CONVFORGE_WEIGHTS, 16),
     tensor("bias", CONVFORGE_EPILOGUE, 4), tensor("output", CONVFORGE_OUTPUT, 32)}};

/// A pointwise kernel of 4 channels: 8 pixels.
inline convforge_kernel make_kernel() {
  convforge_kernel kernel = {};
  kernel.abi_version = CONVFORGE_ABI_VERSION;
  kernel.cpu_features = CONVFORGE_NEEDS_CUDA;
  kernel.name = "conv";
  kernel.target = "cuda-sm80";
  kernel.operand_count = static_cast<int>(operands.size());
  kernel.operands = operands.data();
  kernel.pack = {.layout_id = 7,
                 .layout = "blocked",
                 .kind = CONVFORGE_PACK_BLOCKED,
                 .weights_dtype = CONVFORGE_F32,
                 .packed_dtype = CONVFORGE_F32,
                 .groups = 1,
                 .group_in = 4,
                 .group_out = 4,
                 .kernel = {1, 1, 1},
                 .outputs = {0, 0, 0},
                 .stride = {1, 1, 1},
                 .source = {.first = 0, .tap = {16, 16, 16}, .c = 4, .k = 1, .group = 4},
                 .region_count = 1,
                 .regions = &region};
  kernel.packed_bytes = 128;
  kernel.view_count = static_cast<int>(views.size());
  kernel.views = views.data();
  return kernel;
}

inline const convforge_kernel kernel = make_kernel();
inline constexpr convforge_cuda_launch launch{"conv_cuda", {11, 12, 13},    {32, 4, 1}, 4096,
                                              4,           arguments.data()};
inline const std::array<convforge_cuda_variant, 2> variants{
    {{90, &kernel, "\177ELF90", 6, "PTX90", 1, &launch}, {80, &kernel, "\177ELF80", 6, "PTX80", 1, &launch}}};
inline const convforge_cuda_kernel cuda{CONVFORGE_ABI_VERSION, 2, variants.data()};

struct DeviceTensors {
  alignas(256) char input[128], packed[128], bias[16], output[128];
  void *at[4] = {input, packed, bias, output}; ///< as the kernel's operands
  convforge_args args() const { return {at, nullptr, nullptr}; }
};

class Launcher : public testing::Test {
protected:
  void SetUp() override {
    setenv("CONVFORGE_CUDA_DRIVER", FAKE_CUDA, 1);
    fake_cuda_reset(80);
    fake_cuda_arguments(4);
  }
  void TearDown() override {
    convforge_cuda_unload(module);
    unsetenv("CONVFORGE_CUDA_DRIVER");
  }
  int load() { return convforge_cuda_load(&cuda, &module); }
  convforge_cuda_module *module = nullptr;
};
