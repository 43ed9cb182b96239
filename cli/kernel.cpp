#include "cli/kernel.hpp"

#include "base/error.hpp"
#include "cli/gpu.hpp"
#include "cli/report/progress.hpp"
#include "cli/settings.hpp"
#include "planner/planner.hpp"

namespace convforge::cli {

const Target &host(const ElementTypes &types) {
  return host_target(read_environment().target, types);
}

std::string host_reason() {
  return read_environment().target.empty() ? "the first of the list, best first, that runs here"
                                           : "CONVFORGE_TARGET asks for it";
}

Plan plan_kernel(const Problem &problem, const Target &target, const Tuning &tuning,
                 const std::string &algorithm) {
  Plan plan = make_plan(problem, target, tuning, algorithm);
  verbose().say("{} for {}: {}", problem.canonical(), target.name, plan.why);
  return plan;
}

JitOptions jit_options(const Target &target, const KernelFlags &flags, const std::string &cache_dir) {
  return {.cache_dir = cache_dir,
          .memory_entries = 0,
          .target = std::string(target.name),
          .algorithm = flags.algorithm(),
          .machine = flags.machine(),
          .plans = flags.plans()};
}

void CallFlags::add_to(CLI::App &app) {
  problem.add_to(app);
  kernel.add_to(app);
  add_threads(app, threads);
  add_cache_dir(app, cache_dir);
}

JitKernel CallFlags::load(const Problem &wanted) const {
  const Target &target = kernel.target(wanted.types);
  refuse_gpu(target, "this command");
  kernel.tuning(); // says what is wrong with a file of plans
  const JitOptions options = jit_options(target, kernel, cache_dir);
  Jit jit(options);
  const Progress progress("compiling for " + options.target);
  const Result<JitKernel> loaded = jit.compile(wanted);
  if (!loaded)
    throw Error(loaded.error().message);
  return *loaded;
}

} // namespace convforge::cli
