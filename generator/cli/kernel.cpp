#include "cli/kernel.hpp"

#include "cli/report/progress.hpp"
#include "error.hpp"
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

JitOptions jit_options(const Target &target, const std::string &algorithm, const std::string &cache_dir) {
  return {.cache_dir = cache_dir,
          .memory_entries = 0,
          .target = std::string(target.name),
          .algorithm = algorithm};
}

JitKernel load_kernel(const Problem &problem, const JitOptions &options) {
  Jit jit(options);
  const Progress progress("compiling for " + options.target);
  const Result<JitKernel> kernel = jit.compile(problem);
  if (!kernel)
    throw Error(kernel.error().message);
  return *kernel;
}

} // namespace convforge::cli
