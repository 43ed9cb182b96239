// `convforge run`: a kernel on tensors of npy files.
#include "base/output.hpp"
#include "cli/commands.hpp"
#include "cli/kernel.hpp"
#include "cli/operand_memory.hpp"
#include "cli/options.hpp"
#include "cli/tensors.hpp"
#include "convforge/convforge.hpp"
#include "verify/npy.hpp"
#include "verify/slice.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <memory>

namespace convforge::cli {
namespace {

struct RunFlags : CallFlags {
  OperandFlags operands;
  std::string output;
};

/// Every operand but the output.
std::vector<Elements> read(const Problem &problem, const OperandFlags &flags) {
  flags.refuse_others(problem);
  std::vector<Elements> tensors;
  for (const Operand &operand : operands(problem))
    if (operand.role != Role::output)
      tensors.push_back(flags.read(problem, operand));
  return tensors;
}

void run(const RunFlags &flags) {
  const Problem problem = flags.problem.problem();
  // Files first: a wrong shape is told before anything is compiled.
  const std::vector<Elements> tensors = read(problem, flags.operands);
  const JitKernel loaded = flags.load(problem);
  const Kernel kernel(&loaded.descriptor());
  const ThreadPool pool(flags.threads);
  std::vector<AlignedBuffer> memory = operand_memory(loaded.descriptor(), tensors);
  const std::vector<void *> pointers = pointers_to(memory);
  AlignedBuffer workspace = kernel.make_workspace(flags.threads);

  convforge_args args{};
  args.operands = pointers.data(), args.workspace = workspace.data(), args.threads = pool.threads();
  throw_on_error(convforge_run(&loaded.descriptor(), &args));
  const Slice written(*convforge_output(&loaded.descriptor()));
  // Asked before a file takes the place of another.
  std::FILE *report = is_standard_output(flags.output) ? stderr : stdout;
  write_output(flags.output, format_npy({problem.output_shape(), problem.types.destination,
                                         written.gather(memory.back().data())}));
  fmt::print(report, "{}: {} of {} by {} ({})\n", flags.output, shape_text(problem.output_shape()),
             name_of(problem.types), loaded.descriptor().algorithm, loaded.descriptor().target);
}

} // namespace

void add_run(CLI::App &app) {
  const auto flags = std::make_shared<RunFlags>();
  CLI::App *command = app.add_subcommand("run", "Compile a kernel and run it on .npy files");
  flags->add_to(*command);
  const std::string use = "a .npy file in C order, of the type that --dtype says";
  flags->operands.add_to(*command, "input", use);
  flags->operands.add_packed_to(*command, use);
  for (const char *flag : {"--input", "--weights"})
    command->get_option(flag)->required();
  flags->operands.add_epilogue_to(*command, "a .npy file");
  command->add_option("--output", flags->output, "File that the output goes to, or - for standard output")
      ->required();
  command->footer(
      "Example:\n"
      "  convforge run --problem ic3ih224oc16kh3sh2ph1 --epilogue bias,relu --input x.npy \\\n"
      "    --weights w.npy --bias b.npy --output y.npy\n"
      "  convforge run --problem ic64ih56oc64kh3ph1 --epilogue bias,relu --dtype u8:s8:u8 \\\n"
      "    --zero-points 128:3 --input x.npy --weights w.npy --multipliers m.npy --bias b.npy \\\n"
      "    --output y.npy");
  command->callback([flags] { run(*flags); });
}

} // namespace convforge::cli
