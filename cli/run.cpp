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
  OperandFlags operands;
  std::string output;
};

/// What a kernel that takes a slice is called with: the values of a file, which are dense, in memory of the
/// slice's size, zeros between them.
std::vector<float> memory_of(const convforge_operand &operand, const std::vector<float> &values) {
  const Slice slice(operand);
  std::vector<float> memory(slice.bytes() / sizeof(float));
  slice.scatter(values, memory.data());
  return memory;
}

/// Every operand but the output.
std::vector<std::vector<float>> read(const Problem &problem, const OperandFlags &flags) {
  flags.refuse_others(problem);
  std::vector<std::vector<float>> tensors;
  for (const Operand &operand : operands(problem))
    if (operand.role != Role::output)
      tensors.push_back(flags.read(problem, operand));
  return tensors;
}

void run(const RunFlags &flags) {
  const Problem problem = flags.problem.problem();
  // Files first: a wrong shape is told before anything is compiled.
  std::vector<std::vector<float>> tensors = read(problem, flags.operands);
  const JitKernel loaded = flags.load(problem);
  const Kernel kernel(&loaded.descriptor());
  const ThreadPool pool(flags.threads);
  const AlignedBuffer packed = kernel.pack(tensors[weights_operand]);
  AlignedBuffer workspace = kernel.make_workspace(flags.threads);
  for (std::size_t i = 0; i < tensors.size(); ++i)
    if (i != weights_operand)
      tensors[i] = memory_of(loaded.descriptor().operands[i], tensors[i]);
  const Slice written(*convforge_output(&loaded.descriptor()));
  std::vector<float> output(written.bytes() / sizeof(float));

  Arguments arguments;
  arguments.input = tensors[input_operand];
  arguments.packed_weights = packed;
  arguments.epilogue.assign(tensors.begin() + first_epilogue_operand, tensors.end());
  arguments.output = output;
  arguments.workspace = workspace;
  arguments.threads = pool.threads();
  kernel.run(arguments);
  write_file_atomically(flags.output, format_npy(problem.output_shape(), written.gather(output.data())));
  fmt::print("{}: {} of {} by {} ({})\n", flags.output, shape_text(problem.output_shape()),
             name_of(problem.types), loaded.descriptor().algorithm, loaded.descriptor().target);
}

} // namespace

void add_run(CLI::App &app) {
  const auto flags = std::make_shared<RunFlags>();
  CLI::App *command = app.add_subcommand("run", "Compile a kernel and run it on .npy files");
  flags->add_to(*command);
  flags->operands.add_to(*command, {Role::input, Role::weights}, "a .npy file, float32 in C order");
  for (const char *flag : {"--input", "--weights"})
    command->get_option(flag)->required();
  flags->operands.add_to(*command, {Role::bias, Role::scale, Role::prelu, Role::residual}, "a .npy file");
  command->add_option("--output", flags->output, "Where the output goes")->required();
  command->footer("Example:\n"
                  "  convforge run --problem ic3ih224oc16kh3sh2ph1 --epilogue bias,relu --input x.npy \\\n"
                  "    --weights w.npy --bias b.npy --output y.npy");
  command->callback([flags] { run(*flags); });
}

} // namespace convforge::cli
