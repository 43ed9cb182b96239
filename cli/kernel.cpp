#include "cli/kernel.hpp"

#include "base/error.hpp"
#include "cli/gpu.hpp"
#include "cli/report/progress.hpp"
#include "planner/planner.hpp"
#include "verbose.hpp"

#include <cstdlib>

namespace convforge::cli {

std::string host_reason() {
  const char *forced = std::getenv("CONVFORGE_TARGET");
  return forced && *forced ? "CONVFORGE_TARGET asks for it"
                           : "the first of the list, best first, that runs here";
}

Plan plan_kernel(const Problem &problem, const Target &target, const std::string &algorithm) {
  Plan plan = make_plan(problem, target, algorithm);
  say("{} for {}: {}", problem.canonical(), target.name, plan.why);
  return plan;
}

JitOptions jit_options(const Target &target, const std::string &algorithm, const std::string &cache_dir) {
  return {.cache_dir = cache_dir,
          .memory_entries = 0,
          .target = std::string(target.name),
          .algorithm = algorithm};
}

void CallFlags::add_to(CLI::App &app) {
  problem.add_to(app);
  kernel.add_to(app);
  add_threads(app, threads);
  add_cache_dir(app, cache_dir);
}

JitKernel CallFlags::load(const Problem &wanted) const {
  refuse_gpu(kernel.target(), "this command");
  const JitOptions options = jit_options(kernel.target(), kernel.algorithm(), cache_dir);
  Jit jit(options);
  const Progress progress("compiling for " + options.target);
  const Result<JitKernel> loaded = jit.compile(wanted);
  if (!loaded)
    throw Error(loaded.error().message);
  return *loaded;
}

} // namespace convforge::cli
