#include "artefact/emit.hpp"
#include "cli/commands.hpp"
#include "cli/kernel.hpp"
#include "cli/options.hpp"
#include "cli/tensors.hpp"
#include "convforge/convforge.hpp"
#include "verify/npy.hpp"
#include "verify/slice.hpp"

#include <fmt/format.h>
#include <memory>

namespace convforge::cli {
namespace {

struct RunFlags : CallFlags {
  std::string input, weights, bias, residual, output;
};

/// What a kernel that takes a slice is called with: the values of a file, which are dense, in memory of the
/// slice's size, zeros between them.
std::vector<float> memory_of(const Slice &slice, const std::vector<float> &values) {
  std::vector<float> memory(slice.bytes() / sizeof(float));
  if (!values.empty())
    slice.scatter(values, memory.data());
  return memory;
}

void run(const RunFlags &flags) {
  const Problem problem = flags.problem.problem();
  // Files first: a wrong shape is told before anything is compiled.
  const auto input = read_input(problem, flags.input), weights = read_weights(problem, flags.weights),
             bias = read_bias(problem, flags.bias), residual = read_residual(problem, flags.residual);
  const JitKernel loaded = flags.load(problem);
  const Kernel kernel(&loaded.descriptor());
  const ThreadPool pool(flags.threads);
  const AlignedBuffer packed = kernel.pack(weights);
  AlignedBuffer workspace = kernel.make_workspace(flags.threads);
  const Slice read(loaded.descriptor().input), added(loaded.descriptor().residual),
      written(loaded.descriptor().output);
  const std::vector<float> input_slice = memory_of(read, input), residual_slice = memory_of(added, residual);
  std::vector<float> output_slice = memory_of(written, {});

  Arguments arguments;
  arguments.input = input_slice;
  arguments.packed_weights = packed;
  arguments.bias = bias;
  arguments.residual = residual_slice;
  arguments.output = output_slice;
  arguments.workspace = workspace;
  arguments.threads = pool.threads();
  kernel.run(arguments);
  write_file_atomically(flags.output,
                        format_npy(problem.output_shape(), written.gather(output_slice.data())));
  fmt::print("{}: {} of {} by {} ({})\n", flags.output, shape_text(problem.output_shape()),
             name_of(problem.types), loaded.descriptor().algorithm, loaded.descriptor().target);
}

} // namespace

void add_run(CLI::App &app) {
  const auto flags = std::make_shared<RunFlags>();
  CLI::App *command = app.add_subcommand("run", "Compile a kernel and run it on .npy files");
  flags->add_to(*command);
  command->add_option("--input", flags->input, "Input, float32 in C order")->required();
  command->add_option("--weights", flags->weights, "Weights, in the weights layout")->required();
  command->add_option("--bias", flags->bias, "Bias, if the epilogue has one");
  command->add_option("--residual", flags->residual,
                      "Residual, if the epilogue has one; shaped as the output");
  command->add_option("--output", flags->output, "Where the output goes")->required();
  command->footer("Example:\n"
                  "  convforge run --problem ic3ih224oc16kh3sh2ph1 --epilogue bias,relu --input x.npy \\\n"
                  "    --weights w.npy --bias b.npy --output y.npy");
  command->callback([flags] { run(*flags); });
}

} // namespace convforge::cli
