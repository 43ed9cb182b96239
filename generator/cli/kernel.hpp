// What several commands share: a problem's plan, and the very object that `convforge compile` writes, loaded
// into this process.
#pragma once

#include "loader.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <memory>
#include <string>

namespace convforge::cli {

/// Whether CONVFORGE_VERBOSE asks for a line on stderr for each decision: any value but "" and "0", as in the
/// runtime.
bool verbose();
/// Why host_target() is what it is.
std::string host_reason();
/// make_plan(), and with CONVFORGE_VERBOSE=1 a line on stderr about the decision.
Plan plan_kernel(const Problem &problem, const Target &target, const std::string &algorithm);
/// Plans, compiles and loads, with progress on stderr. Throws Error.
std::unique_ptr<LoadedKernel> load_kernel(const Problem &problem, const Target &target,
                                          const std::string &algorithm);

} // namespace convforge::cli
