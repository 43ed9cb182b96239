#include "verify/check_target.hpp"

#include "verify/problem_list.hpp"

#include <fmt/format.h>
#include <string_view>

namespace convforge {

CheckResult check_target(const Problem &problem, Jit &jit, std::uint64_t seed, int threads) {
  const Result<JitKernel> kernel = jit.compile(problem);
  if (!kernel)
    return {.passed = false, .failure = kernel.error().message};
  CheckResult result = check_kernel(problem, kernel->descriptor(), seed, threads);
  result.spreads = std::string_view(kernel->descriptor().algorithm) == "winograd";
  return result;
}

std::string reproduction(const Problem &problem, const Target &target, std::uint64_t seed,
                         const std::string &algorithm, int threads) {
  Problem unnamed = problem; // a name would need a shell's quotes, and changes nothing
  unnamed.name.clear();
  return fmt::format("convforge check --problem {} --target {} --seed {}{}{}", problem_line(unnamed),
                     target.name, seed, algorithm == "auto" ? "" : " --algorithm " + algorithm,
                     threads == check_threads ? "" : fmt::format(" --threads {}", threads));
}

} // namespace convforge
