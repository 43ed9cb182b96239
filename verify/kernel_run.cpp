#include "verify/kernel_run.hpp"

#include "base/error.hpp"
#include "convforge/convforge.hpp"
#include "problem/dtype.hpp"
#include "verify/element.hpp"

#include <algorithm>
#include <string>

namespace convforge {
namespace {

void require_ok(int status, const char *what) {
  if (status != CONVFORGE_OK)
    throw Error(std::string(what) + " answered " + std::to_string(status) + ": " +
                convforge_status_text(status));
}

/// Values as elements of the kernel's type for them.
std::vector<std::byte> elements_of(const char *name, const std::vector<float> &values,
                                   const convforge_tensor_info &info) {
  std::vector<std::byte> elements = to_elements(element_type_of(info.dtype), values);
  if (elements.size() != info.bytes)
    fail(name, std::to_string(elements.size()) + " bytes in the kernel's descriptor",
         std::to_string(info.bytes));
  return elements;
}

/// Memory of a tensor of the caller's: it begins at any multiple of an element.
GuardedBuffer memory_for(const convforge_tensor_info &info, GuardedBuffer::Side side) {
  return GuardedBuffer(info.bytes, std::max<std::size_t>(convforge_dtype_bytes(info.dtype), 1), side);
}

} // namespace

std::vector<float> run_guarded(const convforge_kernel &kernel, const Tensors &tensors,
                               const RunSetup &setup) {
  const std::vector<std::byte> weights = elements_of("weights", tensors.weights, kernel.weights);
  GuardedBuffer input = memory_for(kernel.input, setup.side), bias = memory_for(kernel.bias, setup.side),
                residual = memory_for(kernel.residual, setup.side),
                output = memory_for(kernel.output, setup.side);
  GuardedBuffer packed(kernel.packed_bytes, CONVFORGE_ALIGNMENT, setup.side);
  GuardedBuffer workspace(convforge_workspace_size(&kernel, setup.threads), CONVFORGE_ALIGNMENT, setup.side);
  require_ok(convforge_pack_weights(&kernel, weights.data(), packed.data()), "convforge_pack_weights");
  input.copy(elements_of("input", tensors.input, kernel.input));
  bias.copy(elements_of("bias", tensors.bias, kernel.bias));
  residual.copy(elements_of("residual", tensors.residual, kernel.residual));
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
  const std::int32_t dtype = kernel.output.dtype;
  return from_elements(element_type_of(dtype), output.data(), output.size() / convforge_dtype_bytes(dtype));
}

} // namespace convforge
