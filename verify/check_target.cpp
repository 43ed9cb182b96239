#include "verify/check_target.hpp"

#include "artefact/artefact.hpp"
#include "error.hpp"
#include "loader.hpp"
#include "planner.hpp"
#include "verify/problem_list.hpp"

#include <fmt/format.h>

namespace convforge {

CheckResult check_target(const Problem &problem, const Target &target, std::uint64_t seed,
                         const std::string &algorithm) {
  try {
    const auto loaded =
        LoadedKernel::load(compile(problem, make_plan(problem, target, algorithm), target, "conv"));
    return check_kernel(problem, *loaded->kernel(), seed);
  } catch (const std::exception &error) {
    return {.passed = false, .failure = error.what()};
  }
}

std::string reproduction(const Problem &problem, const Target &target, std::uint64_t seed,
                         const std::string &algorithm) {
  Problem unnamed = problem; // a name would need a shell's quotes, and changes nothing
  unnamed.name.clear();
  return fmt::format("convforge check --problem {} --target {} --seed {}{}", problem_line(unnamed),
                     target.name, seed, algorithm == "auto" ? "" : " --algorithm " + algorithm);
}

} // namespace convforge
