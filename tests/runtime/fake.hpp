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

inline convforge_operand floats(const char *name, convforge_role role, std::int64_t count) {
  convforge_operand operand{};
  operand.name = name;
  operand.role = role;
  operand.dtype = CONVFORGE_F32;
  operand.rank = 1;
  operand.shape[0] = count;
  operand.strides[0] = 1;
  operand.bytes = static_cast<std::size_t>(count) * sizeof(float);
  return operand;
}

/// The fake's operands, by their places.
enum { input, weights, bias, residual, output, operand_total };

struct Kernel : convforge_kernel {
  convforge_operand list[operand_total] = {
      floats("input", CONVFORGE_INPUT, 16), floats("weights", CONVFORGE_WEIGHTS, std::int64_t{16} * 16),
      floats("bias", CONVFORGE_EPILOGUE, 16), floats("residual", CONVFORGE_EPILOGUE, 64),
      floats("output", CONVFORGE_OUTPUT, 64)};
  convforge_view view_list[operand_total] = {
      {output, 0, 0}, {input, 0, 0}, {weights, 0, 64}, {bias, 0, 4}, {residual, 0, 8}};
  convforge_pack_region region{CONVFORGE_PACK_HEADER_BYTES, 0, 16, 16};

  explicit Kernel(convforge_function run, std::int64_t outputs = 64) : convforge_kernel{} {
    abi_version = CONVFORGE_ABI_VERSION;
    name = "fake";
    target = "x86-64-avx2";
    list[residual] = floats("residual", CONVFORGE_EPILOGUE, outputs);
    list[output] = floats("output", CONVFORGE_OUTPUT, outputs);
    operand_count = operand_total;
    operands = list;
    pack.source = {0, {256, 256, 256}, 16, 1, 16};
    pack.layout_id = 42;
    pack.kind = CONVFORGE_PACK_BLOCKED;
    pack.weights_dtype = pack.packed_dtype = CONVFORGE_F32;
    pack.groups = pack.kernel[0] = pack.kernel[1] = pack.kernel[2] = 1;
    pack.group_in = pack.group_out = 16;
    pack.region_count = 1;
    pack.regions = &region;
    packed_bytes = CONVFORGE_PACK_HEADER_BYTES + sizeof(float) * 16 * 16;
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
  void *at[operand_total];

  explicit Call(const convforge_kernel &kernel) : convforge_args{} {
    void *aligned = storage.data();
    std::size_t space = storage.size();
    base = static_cast<unsigned char *>(std::align(CONVFORGE_ALIGNMENT, 6 * slot, aligned, space));
    for (std::size_t i = 0; i < operand_total; ++i)
      at[i] = base + i * slot;
    operands = at;
    workspace = base + operand_total * slot;
    const std::vector<float> values(convforge_weights(&kernel)->bytes / sizeof(float), 3.0f);
    if (!convforge_weights(&kernel)->constant)
      convforge_pack_weights(&kernel, values.data(), at[weights]);
  }
  Call(const Call &) = delete;
  Call &operator=(const Call &) = delete;
};

} // namespace fake
