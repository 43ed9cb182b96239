// Which problems of a list are for which targets.
#pragma once

#include "cli/options.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <vector>

namespace convforge::cli {

struct TargetProblems {
  Target target;
  std::vector<Problem> problems;
};

/// The runnable targets of the flags, best first, each with its problems in their order: "host" and "all"
/// mean others for 8-bit integers, which come behind the rest. Throws Error.
std::vector<TargetProblems> by_target(const KernelFlags &flags, const std::vector<Problem> &problems);

} // namespace convforge::cli
