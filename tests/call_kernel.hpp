// One call of a kernel, for programs whose instructions are counted.
#pragma once

#include "convforge/convforge.hpp"

#include <vector>

namespace convforge {

/// Once and on one thread, on tensors of whatever the allocator gives: only what is executed matters.
inline void call_kernel(const convforge_kernel *descriptor) {
  const Kernel kernel(descriptor);
  std::vector<AlignedBuffer> operands;
  std::vector<void *> pointers;
  for (int i = 0; i < descriptor->operand_count; ++i) {
    const convforge_operand &operand = descriptor->operands[i];
    operands.emplace_back(operand.bytes);
    if (operand.role == CONVFORGE_WEIGHTS)
      operands.back() = kernel.pack(
          {reinterpret_cast<const float *>(operands.back().data()), operand.bytes / sizeof(float)});
    pointers.push_back(operands.back().data());
  }
  AlignedBuffer workspace = kernel.make_workspace();
  convforge_args args{};
  args.operands = pointers.data(), args.workspace = workspace.data();
  throw_on_error(convforge_run(descriptor, &args));
}

} // namespace convforge
