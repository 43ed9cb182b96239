// From a problem to a verdict: make the kernel, check it. Links the JIT, unlike the rest of this room.
#pragma once

#include "convforge/jit.hpp"
#include "target/target.hpp"
#include "verify/check.hpp"

#include <string>

namespace convforge {

/// check_kernel() of the kernel that `jit` makes. A problem that it refuses is a failure. Thread-safe.
CheckResult check_target(const Problem &problem, Jit &jit, std::uint64_t seed, int threads = check_threads);
/// The command line that runs this one check again.
std::string reproduction(const Problem &problem, const Target &target, std::uint64_t seed,
                         const std::string &algorithm = "auto", int threads = check_threads);

} // namespace convforge
