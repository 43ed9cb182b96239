// What it costs to make kernels, over lists of problems: planning, compiling, the memory of a process that
// compiles, the code's bytes. Exit status 1 where a problem is beyond a bound.
//
//   compile_cost bench/layers/*.txt bench/large_windows.txt --target x86-64-avx2 --layout nchw
#include "base/error.hpp"
#include "bench/distribution.hpp"
#include "compiler/compile.hpp"
#include "planner/planner.hpp"
#include "verify/problem_list.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <fmt/format.h>
#include <limits>
#include <set>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace convforge;

constexpr int plannings = 10;                                // of which the least time counts
constexpr double most_us = 500, most_s = 10, most_mb = 1024; // a problem is to take no more

struct Flags {
  std::vector<std::string> lists;
  std::string target = "host", layout = "nhwc", machine;
  bool planning_only = false;
};

/// What a process that compiles tells of it.
struct Compiled {
  double seconds = 0, code_bytes = 0;
};

/// Of CPU: planning and compiling have one thread and wait for nothing but their turn, which others on the
/// machine delay.
template <typename Work>
double seconds(const Work &work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
  };
  const double begin = now();
  work();
  return now() - begin;
}

/// Every problem of the lists once, in the layout.
std::vector<Problem> read_problems(const Flags &flags) {
  std::vector<Problem> problems;
  std::set<std::string> seen;
  for (const std::string &list : flags.lists)
    for (Problem problem : read_problem_list(list)) {
      problem.layout = parse_layout(flags.layout);
      problem.weights_layout = default_weights_layout(problem);
      if (seen.insert(problem.canonical()).second)
        problems.push_back(problem);
    }
  return problems;
}

Compiled compile_once(const Problem &problem, const Plan &plan, const Target &target) {
  Compiled compiled;
  compiled.seconds =
      seconds([&] { compiled.code_bytes = double(compile(problem, plan, target, "conv").code_bytes); });
  return compiled;
}

/// In a process of its own, whose greatest resident size is `mb`: of an earlier one's heap nothing is left.
Compiled compile_apart(const Problem &problem, const Plan &plan, const Target &target, double &mb) {
  int ends[2];
  if (pipe(ends) != 0)
    throw Error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    try {
      const Compiled compiled = compile_once(problem, plan, target);
      _exit(write(ends[1], &compiled, sizeof compiled) == sizeof compiled ? 0 : 1);
    } catch (const std::exception &error) {
      fmt::print(stderr, "{}: {}\n", problem.descriptor(), error.what());
      _exit(1);
    }
  }
  close(ends[1]);
  Compiled compiled;
  const bool read_all = child > 0 && read(ends[0], &compiled, sizeof compiled) == sizeof compiled;
  close(ends[0]);
  int status = 1;
  rusage usage{};
  if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0 || !read_all)
    throw Error("no kernel of " + problem.canonical());
  mb = double(usage.ru_maxrss) / 1024;
  return compiled;
}

struct Costs {
  Distribution planning{"planning, us", most_us}, compiling{"compiling, s", most_s},
      memory{"peak, MB", most_mb}, code{"code, bytes", std::numeric_limits<double>::infinity()};
};

void add_costs(Costs &costs, const Problem &problem, const Target &target, const Tuning &tuning,
               bool planning_only) {
  const std::string name = problem.descriptor();
  Plan plan;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < plannings; i++)
    least = std::min(least, seconds([&] { plan = make_plan(problem, target, tuning); }));
  costs.planning.add(1e6 * least, name);
  if (planning_only)
    return;
  double mb = 0;
  const Compiled compiled = compile_apart(problem, plan, target, mb);
  costs.compiling.add(compiled.seconds, name);
  costs.memory.add(mb, name);
  costs.code.add(compiled.code_bytes, name);
}

/// Says whether all is within bounds.
bool report(const Flags &flags) {
  const Target &target = find_target(flags.target);
  const Tuning tuning{.machine = find_machine(flags.machine)}; // the model alone: tables answer sooner
  const std::vector<Problem> problems = read_problems(flags);
  Costs costs;
  for (const Problem &problem : problems)
    add_costs(costs, problem, target, tuning, flags.planning_only);
  fmt::print("{} {}, machine {}, {} problems\n{}", target.name, flags.layout, tuning.machine.name,
             problems.size(), Distribution::header());
  bool within = true;
  for (const Distribution *each : {&costs.planning, &costs.compiling, &costs.memory, &costs.code}) {
    fmt::print("{}", each->text());
    within = within && each->beyond() == 0;
  }
  return within;
}

} // namespace

int main(int argc, char **argv) {
  Flags flags;
  CLI::App app("What it costs to make the kernels of lists of problems");
  app.add_option("LISTS", flags.lists)->required();
  app.add_option("--target", flags.target);
  app.add_option("--layout", flags.layout);
  app.add_option("--machine", flags.machine, "Whose facts; generic plans for all of them");
  app.add_flag("--planning-only", flags.planning_only);
  CLI11_PARSE(app, argc, argv);
  try {
    return report(flags) ? 0 : 1;
  } catch (const std::exception &error) {
    fmt::print(stderr, "compile_cost: {}\n", error.what());
    return 1;
  }
}
