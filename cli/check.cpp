// `convforge check`: kernels against the float64 oracle.
#include "cli/check_report.hpp"
#include "cli/commands.hpp"
#include "cli/gpu.hpp"
#include "cli/kernel.hpp"
#include "cli/options.hpp"
#include "cli/report/progress.hpp"
#include "cli/target_problems.hpp"
#include "cli/workers.hpp"

#include "base/error.hpp"
#include "executable_memory.hpp"
#include "verify/check_target.hpp"
#include "verify/problem_list.hpp"
#include "verify/random.hpp"
#include "verify/random_problem.hpp"
#include "verify/random_strides.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <memory>

namespace convforge::cli {
namespace {

struct CheckFlags {
  ProblemFlags problem;
  KernelFlags kernel;
  int random = 0, dims = 2, jobs = 1, threads = check_threads;
  std::uint64_t seed = 1;
  std::string cache_dir;
  bool json = false, strided = false;
};

std::vector<Problem> problems(const CheckFlags &flags) {
  if (flags.strided && flags.random == 0)
    refuse_usage("--strided", "without --random", "--random: other problems say their strides");
  if (flags.random == 0)
    return flags.problem.problems();
  if (flags.problem.given())
    refuse_usage("--random", std::to_string(flags.random), "either --problem, --batch or --random");
  flags.problem.refuse_beside("--random");
  std::vector<Problem> random;
  random.reserve(static_cast<std::size_t>(flags.random));
  for (int i = 0; i < flags.random; ++i) {
    const std::uint64_t seed = seed_of(fmt::format("{}:{}", flags.seed, i));
    const Problem problem = random_problem(seed, flags.problem.types(), flags.dims);
    random.push_back(flags.strided ? with_random_strides(problem, seed) : problem);
  }
  return random;
}

/// What decided on the plans, besides what reproduction() says.
std::string tuning_flags(const KernelFlags &kernel) {
  const auto flag = [](const char *name, const std::string &value) {
    return value.empty() ? "" : fmt::format(" --{} {}", name, value);
  };
  return flag("machine", kernel.machine()) + flag("plans", kernel.plans());
}

std::vector<CheckCase> cases(const CheckFlags &flags) {
  const std::string tuning = tuning_flags(flags.kernel);
  std::vector<CheckCase> cases;
  for (const auto &[target, some] : by_target(flags.kernel, problems(flags))) {
    refuse_gpu(target, "check");
    for (const Problem &problem : some)
      cases.push_back(
          {problem,
           target,
           reproduction(problem, target, flags.seed, flags.kernel.algorithm(), flags.threads) + tuning,
           {}});
  }
  return cases;
}

/// One for each target. Made before any worker is forked; they do nothing until asked.
std::map<std::string_view, std::unique_ptr<Jit>> make_jits(const std::vector<CheckCase> &cases,
                                                           const CheckFlags &flags) {
  flags.kernel.tuning(); // says what is wrong with a file of plans
  std::map<std::string_view, std::unique_ptr<Jit>> jits;
  for (const CheckCase &one : cases)
    if (std::unique_ptr<Jit> &jit = jits[one.target.name]; !jit)
      jit = std::make_unique<Jit>(jit_options(one.target, flags.kernel, flags.cache_dir));
  return jits;
}

void check(const CheckFlags &flags) {
  std::vector<CheckCase> all = cases(flags);
  const auto jits = make_jits(all, flags);
  require_executable_memory(); // or no kernel runs, which says nothing of any of them
  {
    Progress progress(problem_line(all.front().problem), all.size());
    check_in_workers(
        all.size(), flags.jobs,
        [&](std::size_t i) {
          return check_target(all[i].problem, *jits.at(all[i].target.name), flags.seed, flags.threads);
        },
        [&](std::size_t i, const CheckResult &result) {
          all[i].result = result;
          progress.step(fmt::format("{} for {}", all[i].problem.descriptor(), all[i].target.name));
        });
  }
  flags.json ? print_json(all, flags.seed) : print_report(all, flags.seed);
  if (!std::all_of(all.begin(), all.end(), [](const CheckCase &one) { return one.result.passed; }))
    throw CLI::RuntimeError(1);
}

} // namespace

void add_check(CLI::App &app) {
  const auto flags = std::make_shared<CheckFlags>();
  CLI::App *command = app.add_subcommand(
      "check", "Compare kernels with the float64 oracle, or with exact sums of 8-bit integers");
  flags->problem.add_to(*command, false);
  flags->problem.add_list(*command);
  flags->kernel.add_several_to(*command);
  CLI::Option *random = command->add_option("--random", flags->random, "Check this many random problems")
                            ->check(CLI::Range(1, 1000000));
  command->add_option("--dims", flags->dims, "Dimensions of random problems: 2 (some have 1), or 3")
      ->check(CLI::Range(2, 3))
      ->needs(random)
      ->capture_default_str();
  command->add_flag(
      "--strided", flags->strided,
      "Random problems' tensors are slices of larger ones, pages between some of their elements");
  command->add_option("--seed", flags->seed, "Of random problems and of the data")->capture_default_str();
  add_jobs(*command, flags->jobs, "Processes that check at once");
  add_threads(*command, flags->threads, "Threads of the run that must give the bits of one thread");
  add_cache_dir(*command, flags->cache_dir);
  add_json(*command, flags->json);
  command->footer(
      "Whole numbers must come out exactly, real numbers within the error bound, 8-bit integers with every\n"
      "byte; tensors lie against guard\n"
      "pages; one thread and --threads must give the same bits. Each failure comes with a line that repeats "
      "it.\n"
      "Examples:\n"
      "  convforge check --problem mb1ic64ih56oc64oh56kh3ph1 --epilogue bias,relu --target all\n"
      "  convforge check --batch layers.txt --jobs 2\n"
      "  convforge check --random 1000 --seed 7 --target x86-64-avx2 --json\n"
      "  convforge check --random 1000 --dtype u8:s8:u8 --target all");
  command->callback([flags] { check(*flags); });
}

} // namespace convforge::cli
