// One call of a kernel, for programs whose instructions are counted.
#pragma once

#include "convforge/convforge.hpp"

namespace convforge {

/// Once and on one thread, on tensors of whatever the allocator gives: only what is executed matters.
inline void call_kernel(const convforge_kernel *descriptor) {
  const Kernel kernel(descriptor);
  const AlignedBuffer weights(descriptor->weights.bytes), input(descriptor->input.bytes),
      bias(descriptor->bias.bytes);
  const AlignedBuffer packed = kernel.pack(
      {reinterpret_cast<const float *>(weights.data()), descriptor->weights.bytes / sizeof(float)});
  AlignedBuffer output(descriptor->output.bytes), workspace = kernel.make_workspace();
  convforge_args args{};
  args.input = input.data(), args.packed_weights = packed.data(), args.bias = bias.data();
  args.output = output.data(), args.workspace = workspace.data();
  throw_on_error(convforge_run(descriptor, &args));
}

} // namespace convforge
