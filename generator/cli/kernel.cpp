#include "cli/kernel.hpp"

#include "cli/report/progress.hpp"
#include "planner.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>

namespace convforge::cli {

Plan plan_kernel(const Problem &problem, const Target &target, const std::string &algorithm) {
  Plan plan = make_plan(problem, target, algorithm);
  const char *verbose = std::getenv("CONVFORGE_VERBOSE");
  if (verbose && std::string_view(verbose) == "1")
    fmt::print(stderr, "convforge: {} for {}: {}; {}\n", problem.canonical(), target.name,
               name_of(plan.algorithm), plan.why);
  return plan;
}

std::unique_ptr<LoadedKernel> load_kernel(const Problem &problem, const Target &target,
                                          const std::string &algorithm) {
  const Plan plan = plan_kernel(problem, target, algorithm);
  const Progress progress("compiling for " + std::string(target.name));
  return LoadedKernel::load(compile(problem, plan, target, "conv"));
}

} // namespace convforge::cli
