// Checks in processes of their own: a kernel that faults ends its worker, not the program.
#pragma once

#include "verify/check.hpp"

#include <cstddef>
#include <functional>

namespace convforge::cli {

/// Calls `check(i)` for every i below `count` in up to `jobs` forked processes, and `report(i, result)` here,
/// in the order they finish. A worker that dies reports the check it was busy with as a failure, and another
/// takes its place.
void check_in_workers(std::size_t count, int jobs, const std::function<CheckResult(std::size_t)> &check,
                      const std::function<void(std::size_t, const CheckResult &)> &report);

} // namespace convforge::cli
