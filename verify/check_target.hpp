// From a problem to a verdict: plan, compile, load, check. Links the generator, unlike the rest of this room.
#pragma once

#include "target/target.hpp"
#include "verify/check.hpp"

#include <string>

namespace convforge {

/// check_kernel() of the kernel that the generator makes for `target`, which must run here. A problem that
/// the generator refuses is a failure. Thread-safe.
CheckResult check_target(const Problem &problem, const Target &target, std::uint64_t seed,
                         const std::string &algorithm = "auto");
/// The command line that runs this one check again.
std::string reproduction(const Problem &problem, const Target &target, std::uint64_t seed,
                         const std::string &algorithm = "auto");

} // namespace convforge
