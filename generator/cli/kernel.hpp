// What several commands share: a problem's plan, and the very object that `convforge compile` writes, loaded
// into this process.
#pragma once

#include "loader.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <memory>
#include <string>

namespace convforge::cli {

/// make_plan(), and with CONVFORGE_VERBOSE=1 a line on stderr about the decision.
Plan plan_kernel(const Problem &problem, const Target &target, const std::string &algorithm);
/// Plans, compiles and loads, with progress on stderr. Throws Error.
std::unique_ptr<LoadedKernel> load_kernel(const Problem &problem, const Target &target,
                                          const std::string &algorithm);

} // namespace convforge::cli
