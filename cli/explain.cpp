// `convforge explain`: a kernel's plan, and what its machine code says of its speed.
#include "analysis/render.hpp"
#include "base/error.hpp"
#include "base/for_each_index.hpp"
#include "cli/commands.hpp"
#include "cli/gpu.hpp"
#include "cli/kernel.hpp"
#include "cli/options.hpp"
#include "cli/report/json.hpp"
#include "cli/report/progress.hpp"
#include "cli/tensors.hpp"
#include "compiler/compile.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace convforge::cli {
namespace {

struct ExplainFlags {
  ProblemFlags problem;
  KernelFlags kernel;
  OperandFlags constants;
  int threads = 1, jobs = 1;
  bool json = false, all = false;
};

Explanation explain_kernel(const Problem &problem, const Target &target, const Tuning &tuning,
                           const ExplainFlags &flags) {
  const std::string name = problem.name.empty() ? "conv" : problem.name;
  try {
    const Plan plan = plan_kernel(problem, target, tuning, flags.kernel.algorithm());
    const Artefact artefact = compile(problem, plan, target, "conv");
    Explanation explanation = flags.json || flags.all
                                  ? explain(artefact, tuning)
                                  : explain(artefact, tuning, {.blocks = one_page.blocks});
    explanation.name = name;
    explanation.threads = flags.threads;
    return explanation;
  } catch (const Error &error) {
    throw Error(fmt::format("{} for {}: {}", name, target.name, error.what()));
  }
}

/// The problem with what is known of its weights.
std::vector<Problem> known(std::vector<Problem> problems, const ExplainFlags &flags) {
  if (!flags.constants.given("weights"))
    return problems;
  if (flags.problem.from_list())
    refuse_usage("--weights", flags.constants.first_given(), "none beside --batch: they are one problem's");
  Problem &problem = problems.front();
  const Operand weights = operands(problem)[weights_operand];
  problem.zeros = find_zero_weights(problem, flags.constants.read(problem, weights));
  return problems;
}

struct ExplainCase {
  Problem problem;
  Target target;
};

std::vector<ExplainCase> cases_of(const std::vector<Problem> &problems, const ExplainFlags &flags) {
  std::vector<ExplainCase> cases;
  for (const Problem &problem : problems)
    for (const Target &target : flags.kernel.targets(problem.types))
      cases.push_back({problem, target});
  return cases;
}

std::vector<Explanation> explain_all(const std::vector<Problem> &problems, const ExplainFlags &flags) {
  const std::vector<ExplainCase> cases = cases_of(problems, flags);
  const Tuning tuning = flags.kernel.tuning();
  std::vector<Explanation> explanations(cases.size());
  Progress progress("compiling, reading the code, modelling its hot loops", explanations.size());
  for_each_index(explanations.size(), flags.jobs, [&](std::size_t i) {
    const auto &[problem, target] = cases[i];
    explanations[i] = explain_kernel(problem, target, tuning, flags);
    progress.step(problem.descriptor());
  });
  return explanations;
}

void print_json(const std::vector<Explanation> &explanations, bool list) {
  if (!list)
    return cli::print_json(render_json(explanations.front()));
  nlohmann::ordered_json kernels = nlohmann::ordered_json::array();
  for (const Explanation &explanation : explanations)
    kernels.push_back(render_json(explanation));
  cli::print_json({{"kernels", kernels}});
}

void print_text(const std::vector<Explanation> &explanations, const HotCodeLimits &limits) {
  for (std::size_t i = 0; i < explanations.size(); ++i)
    fmt::print("{}{}", i == 0 ? "" : "\n", render_text(explanations[i], limits));
}

} // namespace

void add_explain(CLI::App &app) {
  const auto flags = std::make_shared<ExplainFlags>();
  CLI::App *command = app.add_subcommand(
      "explain", "Say how a problem is computed and why: tiles, registers, hot loops, sizes");
  flags->problem.add_to(*command, false);
  flags->problem.add_list(*command);
  flags->kernel.add_several_to(*command);
  add_jobs(*command, flags->jobs, "Kernels compiled at once");
  add_threads(*command, flags->threads, "Threads of a call whose workspace bytes are shown");
  flags->constants.add_to(
      *command, "weights",
      "a .npy file of those that become constants of the kernel, whose zeros it leaves out");
  add_json(*command, flags->json);
  command->add_flag("--all", flags->all,
                    "Show every hot loop with all its instructions, those that are alike once, not a page of "
                    "the hottest; JSON has each");
  command->footer(
      "Works for targets that this machine cannot run, too. With --json, a list or several targets "
      "give\n{\"kernels\": [...]}, by problem, then by target. Examples:\n"
      "  convforge explain --problem mb1ic64ih56oc64oh56kh3ph1\n"
      "  convforge explain --problem g144ic144ih56oc144kh3ph1 --target x86-64-avx2 --json\n"
      "  convforge explain --batch layers.txt --target x86-64-avx512,x86-64-avx2 --jobs 2 --json");
  command->callback([flags] {
    const auto problems = known(flags->problem.problems(), *flags);
    if (const auto targets = flags->kernel.targets(problems.front().types); all_gpus(targets)) {
      if (flags->constants.given("weights"))
        fail("--weights", "a constant", "none for a CUDA target, whose kernels leave no zeros out");
      explain_gpu_kernels(problems, targets, flags->kernel.algorithm(), flags->json);
      return;
    }
    const auto explanations = explain_all(problems, *flags);
    const bool list = flags->problem.from_list() || explanations.size() > 1;
    flags->json ? print_json(explanations, list)
                : print_text(explanations, flags->all ? HotCodeLimits{} : one_page);
  });
}

} // namespace convforge::cli
