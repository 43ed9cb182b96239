#include "cli/kernel.hpp"

#include "cli/report/progress.hpp"
#include "planner.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>

namespace convforge::cli {

bool verbose() {
  const char *asked = std::getenv("CONVFORGE_VERBOSE");
  return asked && *asked && std::string_view(asked) != "0";
}

std::string host_reason() {
  const char *forced = std::getenv("CONVFORGE_TARGET");
  return forced && *forced ? "CONVFORGE_TARGET asks for it"
                           : "the first of the list, best first, that runs here";
}

Plan plan_kernel(const Problem &problem, const Target &target, const std::string &algorithm) {
  Plan plan = make_plan(problem, target, algorithm);
  if (verbose())
    fmt::print(stderr, "convforge: {} for {}: {}\n", problem.canonical(), target.name, plan.why);
  return plan;
}

std::unique_ptr<LoadedKernel> load_kernel(const Problem &problem, const Target &target,
                                          const std::string &algorithm) {
  const Plan plan = plan_kernel(problem, target, algorithm);
  const Progress progress("compiling for " + std::string(target.name));
  return LoadedKernel::load(compile(problem, plan, target, "conv"));
}

} // namespace convforge::cli
