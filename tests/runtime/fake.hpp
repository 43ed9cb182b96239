// A kernel descriptor made by hand and one block of memory that holds all tensors of a call, so that tests
// decide where each lies. The kernel: 1x1x1x16 input, 1x1x16x16 weights in one region of 16 lanes, bias,
// residual, 1x1x1x`outputs` output.
#pragma once

#include "convforge/convforge.h"
#include "fake_kernels.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace fake {

inline convforge_tensor_info floats(std::int64_t count) {
  convforge_tensor_info info{};
  info.dtype = CONVFORGE_F32;
  info.rank = 1;
  info.shape[0] = count;
  info.strides[0] = 1;
  info.bytes = static_cast<std::size_t>(count) * sizeof(float);
  return info;
}

struct Kernel : convforge_kernel {
  convforge_view view_list[5] = {{CONVFORGE_OUTPUT, 0, 0},
                                 {CONVFORGE_INPUT, 0, 0},
                                 {CONVFORGE_PACKED_WEIGHTS, 0, 64},
                                 {CONVFORGE_BIAS, 0, 4},
                                 {CONVFORGE_RESIDUAL, 0, 8}};
  convforge_pack_region region{CONVFORGE_PACK_HEADER_BYTES, 0, 16, 16};

  explicit Kernel(convforge_function run, std::int64_t outputs = 64) : convforge_kernel{} {
    abi_version = CONVFORGE_ABI_VERSION;
    name = "fake";
    target = "x86-64-avx2";
    input = floats(16);
    weights = floats(16 * 16);
    bias = floats(16);
    residual = floats(outputs);
    output = floats(outputs);
    pack.layout_id = 42;
    pack.kind = CONVFORGE_PACK_BLOCKED;
    pack.groups = pack.kernel_h = pack.kernel_w = 1;
    pack.group_in = pack.group_out = 16;
    pack.region_count = 1;
    pack.regions = &region;
    pack.weights_dtype = pack.packed_dtype = CONVFORGE_F32;
    packed_bytes = CONVFORGE_PACK_HEADER_BYTES + 16 * 16 * sizeof(float);
    workspace_shared_bytes = 128;
    workspace_thread_bytes = 192;
    view_count = 5;
    views = view_list;
    function = run;
  }
  Kernel(const Kernel &) = delete;
  Kernel &operator=(const Kernel &) = delete;
};

/// An area of 64-byte aligned memory, and a call whose tensors lie apart in it.
struct Call : convforge_args {
  static constexpr std::size_t slot = 16384;
  std::vector<unsigned char> storage = std::vector<unsigned char>(7 * slot);
  unsigned char *base;

  explicit Call(const convforge_kernel &kernel) : convforge_args{} {
    void *aligned = storage.data();
    std::size_t space = storage.size();
    base = static_cast<unsigned char *>(std::align(CONVFORGE_ALIGNMENT, 6 * slot, aligned, space));
    input = base;
    packed_weights = base + slot;
    bias = base + 2 * slot;
    residual = base + 3 * slot;
    output = base + 4 * slot;
    workspace = base + 5 * slot;
    const std::vector<float> weights(kernel.weights.bytes / sizeof(float), 3.0f);
    if (!kernel.constant_weights)
      convforge_pack_weights(&kernel, weights.data(), base + slot);
  }
  Call(const Call &) = delete;
  Call &operator=(const Call &) = delete;
};

} // namespace fake
