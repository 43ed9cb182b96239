// count_kernels INDEX: calls one kernel of the list that is linked to it, once and on one thread, for
// counts.py. Without INDEX: a line for each with its target, algorithm, outputs, symbol and problem.
#include "cases.h"
#include "convforge/convforge.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

void call(const convforge_kernel *descriptor) {
  const convforge::Kernel kernel(descriptor);
  const convforge::AlignedBuffer weights(descriptor->weights.bytes), input(descriptor->input.bytes),
      bias(descriptor->bias.bytes);
  const convforge::AlignedBuffer packed = kernel.pack(
      {reinterpret_cast<const float *>(weights.data()), descriptor->weights.bytes / sizeof(float)});
  convforge::AlignedBuffer output(descriptor->output.bytes), workspace = kernel.make_workspace();
  convforge_args args{};
  args.input = input.data(), args.packed_weights = packed.data(), args.bias = bias.data();
  args.output = output.data(), args.workspace = workspace.data();
  convforge::throw_on_error(convforge_run(descriptor, &args));
}

} // namespace

int main(int argc, char **argv) {
  if (argc == 2)
    call(cases[std::atoi(argv[1])].kernel);
  else
    for (int i = 0; i < case_count; ++i) {
      const convforge_kernel *kernel = cases[i].kernel;
      std::printf("%s %s %zu %s %s\n", kernel->target, kernel->algorithm,
                  kernel->output.bytes / sizeof(float), kernel->name, cases[i].problem);
    }
}
