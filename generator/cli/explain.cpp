#include "analysis/render.hpp"
#include "cli/commands.hpp"
#include "cli/kernel.hpp"
#include "cli/options.hpp"
#include "cli/report/json.hpp"
#include "cli/report/progress.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace convforge::cli {
namespace {

struct Flags {
  ProblemFlags problem;
  KernelFlags kernel;
  int threads = 1;
  bool json = false;
};

Explanation explain_kernel(const Flags &flags) {
  const Problem problem = flags.problem.problem();
  const Target &target = flags.kernel.target();
  const Plan plan = plan_kernel(problem, target, flags.kernel.algorithm());
  Progress progress("compiling for " + std::string(target.name), 2);
  const Artefact artefact = compile(problem, plan, target, "conv");
  progress.step("reading the code and modelling its hot loops");
  Explanation explanation = explain(artefact);
  explanation.threads = flags.threads;
  return explanation;
}

} // namespace

void add_explain(CLI::App &app) {
  const auto flags = std::make_shared<Flags>();
  CLI::App *command = app.add_subcommand(
      "explain", "Say how a problem is computed and why: tiles, registers, hot loops, sizes");
  flags->problem.add_to(*command);
  flags->kernel.add_to(*command);
  add_threads(*command, flags->threads, "Threads of a call whose workspace bytes are shown");
  add_json(*command, flags->json);
  command->footer("Works for targets that this machine cannot run, too. Examples:\n"
                  "  convforge explain --problem mb1ic64ih56oc64oh56kh3ph1\n"
                  "  convforge explain --problem g144ic144ih56oc144kh3ph1 --target x86-64-avx2 --json");
  command->callback([flags] {
    const Explanation explanation = explain_kernel(*flags);
    flags->json ? print_json(render_json(explanation)) : fmt::print("{}", render_text(explanation));
  });
}

} // namespace convforge::cli
