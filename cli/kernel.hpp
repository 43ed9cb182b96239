// What several commands share: a problem's plan, and the very object that `convforge compile` writes, from
// the disk cache or compiled, and loaded into this process.
#pragma once

#include "cli/options.hpp"
#include "convforge/jit.hpp"
#include "plan/plan.hpp"
#include "planner/tuning.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <string>

namespace convforge::cli {

/// What "host" means: CONVFORGE_TARGET, else the best that runs here and has kernels of the types.
const Target &host(const ElementTypes &types = {});
/// Why it is that.
std::string host_reason();
/// make_plan(), and with CONVFORGE_VERBOSE=1 a line on stderr about the decision.
Plan plan_kernel(const Problem &problem, const Target &target, const Tuning &tuning,
                 const std::string &algorithm);
/// How the commands ask a Jit for kernels of a target.
JitOptions jit_options(const Target &target, const KernelFlags &flags, const std::string &cache_dir);

/// The flags of a command that calls one kernel.
struct CallFlags {
  ProblemFlags problem;
  KernelFlags kernel;
  int threads = 1;
  std::string cache_dir;

  void add_to(CLI::App &app);
  /// The kernel of the problem, with progress on stderr. Throws Error.
  JitKernel load(const Problem &problem) const;
};

} // namespace convforge::cli
