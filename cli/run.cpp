#include "artefact/emit.hpp"
#include "cli/commands.hpp"
#include "cli/kernel.hpp"
#include "cli/options.hpp"
#include "cli/tensors.hpp"
#include "convforge/convforge.hpp"
#include "verify/element.hpp"
#include "verify/npy.hpp"

#include <fmt/format.h>
#include <memory>

namespace convforge::cli {
namespace {

struct RunFlags : CallFlags {
  std::string input, weights, bias, residual, output;
};

void run(const RunFlags &flags) {
  const Problem problem = flags.problem.problem();
  // Files first: a wrong shape is told before anything is compiled.
  const auto input = read_input(problem, flags.input), weights = read_weights(problem, flags.weights),
             bias = read_bias(problem, flags.bias), residual = read_residual(problem, flags.residual);
  const JitKernel loaded = flags.load(problem);
  const Kernel kernel(&loaded.descriptor());
  const ThreadPool pool(flags.threads);
  const auto input_elements = to_elements(problem.types.source, input),
             weight_elements = to_elements(problem.types.weights, weights),
             residual_elements = to_elements(problem.types.destination, residual);
  AlignedBuffer packed(loaded.descriptor().packed_bytes), output(loaded.descriptor().output.bytes);
  throw_on_error(convforge_pack_weights(&loaded.descriptor(), weight_elements.data(), packed.data()));
  AlignedBuffer workspace = kernel.make_workspace(flags.threads);

  convforge_args args{};
  args.input = input_elements.data(), args.packed_weights = packed.data(), args.bias = bias.data();
  args.residual = residual_elements.data(), args.output = output.data(), args.workspace = workspace.data();
  args.threads = pool.threads();
  throw_on_error(convforge_run(&loaded.descriptor(), &args));
  const ElementType destination = problem.types.destination;
  const std::vector<float> values =
      from_elements(destination, output.data(), output.size() / bytes_of(destination));
  write_file_atomically(flags.output, format_npy(problem.output_shape(), values, destination));
  fmt::print("{}: {} of {} by {} ({})\n", flags.output, shape_text(problem.output_shape()),
             name_of(problem.types), loaded.descriptor().algorithm, loaded.descriptor().target);
}

} // namespace

void add_run(CLI::App &app) {
  const auto flags = std::make_shared<RunFlags>();
  CLI::App *command = app.add_subcommand("run", "Compile a kernel and run it on .npy files");
  flags->add_to(*command);
  command->add_option("--input", flags->input, "Input, of its --dtype, in C order")->required();
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
