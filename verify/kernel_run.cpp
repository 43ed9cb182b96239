#include "verify/kernel_run.hpp"

#include "base/error.hpp"
#include "convforge/convforge.hpp"
#include "verify/slice.hpp"

#include <string>

namespace convforge {
namespace {

void require_ok(int status, const char *what) {
  if (status != CONVFORGE_OK)
    throw Error(std::string(what) + " answered " + std::to_string(status) + ": " +
                convforge_status_text(status));
}

void require_elements(const char *name, const std::vector<float> &values, const convforge_tensor_info &info) {
  if (values.size() != Slice(info).elements())
    fail(name, std::to_string(Slice(info).elements()) + " elements in the kernel's descriptor",
         std::to_string(values.size()));
}

/// A tensor that the kernel reads, where its descriptor says. What lies between the elements of a slice holds
/// poison: the runs of a check have different ones, and must not differ.
class Source {
public:
  Source(const char *name, const std::vector<float> &values, const convforge_tensor_info &info,
         const RunSetup &setup)
      : slice_(info), memory_(slice_.bytes(), alignof(float), setup.side) {
    require_elements(name, values, info);
    memory_.poison(setup.poison);
    slice_.scatter(values, memory_.data());
    memory_.seal();
    memory_.hide_gaps(slice_.ranges());
  }
  /// Null where the kernel takes no such tensor.
  const void *data() const { return slice_.elements() > 0 ? memory_.data() : nullptr; }

private:
  Slice slice_;
  GuardedBuffer memory_;
};

} // namespace

std::vector<float> run_guarded(const convforge_kernel &kernel, const Tensors &tensors,
                               const RunSetup &setup) {
  const Source input("input", tensors.input, kernel.input, setup);
  const Source bias("bias", tensors.bias, kernel.bias, setup);
  const Source residual("residual", tensors.residual, kernel.residual, setup);
  const Slice written(kernel.output);
  GuardedBuffer packed(kernel.packed_bytes, CONVFORGE_ALIGNMENT, setup.side);
  GuardedBuffer output(written.bytes(), alignof(float), setup.side);
  GuardedBuffer workspace(convforge_workspace_size(&kernel, setup.threads), CONVFORGE_ALIGNMENT, setup.side);
  require_elements("weights", tensors.weights, kernel.weights);
  require_ok(convforge_pack_weights(&kernel, tensors.weights.data(), packed.data()),
             "convforge_pack_weights");
  packed.seal();
  output.poison(setup.poison), workspace.poison(setup.poison);
  output.hide_gaps(written.ranges());

  const ThreadPool pool(setup.threads);
  convforge_args args{};
  args.input = input.data(), args.packed_weights = packed.data(), args.output = output.data();
  args.bias = bias.data(), args.residual = residual.data();
  if (workspace.size() > 0)
    args.workspace = workspace.data();
  if (setup.threads > 1)
    args.threads = pool.threads();
  require_ok(convforge_run(&kernel, &args), "convforge_run");
  for (const GuardedBuffer *buffer : {&packed, &output, &workspace})
    if (!buffer->intact())
      throw Error("the kernel wrote outside packed weights, output or workspace");
  if (!output.gaps_hold(written.ranges(), setup.poison))
    throw Error("the kernel wrote between the elements of the slice that its output is");
  return written.gather(output.data());
}

} // namespace convforge
