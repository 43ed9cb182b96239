#include "cli/kernel.hpp"

#include "cli/report/progress.hpp"
#include "planner.hpp"

namespace convforge::cli {

std::unique_ptr<LoadedKernel> load_kernel(const Problem &problem, const Target &target, const std::string &algorithm) {
  const Progress progress("compiling for " + std::string(target.name));
  return LoadedKernel::load(compile(problem, make_plan(problem, target, algorithm), target, "conv"));
}

} // namespace convforge::cli
