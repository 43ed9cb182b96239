#include "verify/kernel_run.hpp"

#include "base/error.hpp"
#include "convforge/convforge.hpp"

#include <string>

namespace convforge {
namespace {

void require_ok(int status, const char *what) {
  if (status != CONVFORGE_OK)
    throw Error(std::string(what) + " answered " + std::to_string(status) + ": " +
                convforge_status_text(status));
}

void require_bytes(const char *tensor, std::size_t bytes, std::size_t expected) {
  if (bytes != expected)
    fail(tensor, std::to_string(bytes) + " bytes in the kernel's descriptor", std::to_string(expected));
}

GuardedBuffer memory_for(const std::vector<float> &values, GuardedBuffer::Side side) {
  return GuardedBuffer(values.size() * sizeof(float), alignof(float), side);
}

} // namespace

std::vector<float> run_guarded(const convforge_kernel &kernel, const Tensors &tensors,
                               const RunSetup &setup) {
  require_bytes("input", tensors.input.size() * sizeof(float), kernel.input.bytes);
  require_bytes("weights", tensors.weights.size() * sizeof(float), kernel.weights.bytes);
  require_bytes("bias", tensors.bias.size() * sizeof(float), kernel.bias.bytes);
  require_bytes("residual", tensors.residual.size() * sizeof(float), kernel.residual.bytes);

  GuardedBuffer input = memory_for(tensors.input, setup.side), bias = memory_for(tensors.bias, setup.side),
                residual = memory_for(tensors.residual, setup.side);
  GuardedBuffer packed(kernel.packed_bytes, CONVFORGE_ALIGNMENT, setup.side);
  GuardedBuffer output(kernel.output.bytes, alignof(float), setup.side);
  GuardedBuffer workspace(convforge_workspace_size(&kernel, setup.threads), CONVFORGE_ALIGNMENT, setup.side);
  require_ok(convforge_pack_weights(&kernel, tensors.weights.data(), packed.data()),
             "convforge_pack_weights");
  input.copy(tensors.input), bias.copy(tensors.bias), residual.copy(tensors.residual);
  for (GuardedBuffer *buffer : {&input, &bias, &residual, &packed})
    buffer->seal();
  output.poison(setup.poison), workspace.poison(setup.poison);

  const ThreadPool pool(setup.threads);
  convforge_args args{};
  args.input = input.data(), args.packed_weights = packed.data(), args.output = output.data();
  if (!tensors.bias.empty())
    args.bias = bias.data();
  if (!tensors.residual.empty())
    args.residual = residual.data();
  if (workspace.size() > 0)
    args.workspace = workspace.data();
  if (setup.threads > 1)
    args.threads = pool.threads();
  require_ok(convforge_run(&kernel, &args), "convforge_run");
  for (const GuardedBuffer *buffer : {&packed, &output, &workspace})
    if (!buffer->intact())
      throw Error("the kernel wrote outside packed weights, output or workspace");
  return {output.floats(), output.floats() + output.size() / sizeof(float)};
}

} // namespace convforge
