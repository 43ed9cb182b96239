// What run, check and bench share: the very object that `convforge compile` writes, loaded into this process.
#pragma once

#include "loader.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <memory>
#include <string>

namespace convforge::cli {

/// Plans, compiles and loads, with progress on stderr. Throws Error.
std::unique_ptr<LoadedKernel> load_kernel(const Problem &problem, const Target &target, const std::string &algorithm);

} // namespace convforge::cli
