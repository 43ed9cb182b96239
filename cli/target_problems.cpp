#include "cli/target_problems.hpp"

#include <algorithm>

namespace convforge::cli {
namespace {

std::vector<Problem> of_kind(const std::vector<Problem> &problems, bool quantised) {
  std::vector<Problem> some;
  std::ranges::copy_if(problems, std::back_inserter(some),
                       [&](const Problem &problem) { return problem.types.quantised() == quantised; });
  return some;
}

} // namespace

std::vector<TargetProblems> by_target(const KernelFlags &flags, const std::vector<Problem> &problems) {
  std::vector<TargetProblems> list;
  for (const bool quantised : {false, true}) {
    const std::vector<Problem> some = of_kind(problems, quantised);
    if (some.empty())
      continue;
    for (const Target &target : flags.runnable_targets(some.front().types))
      list.push_back({target, some});
  }
  return list;
}

} // namespace convforge::cli
