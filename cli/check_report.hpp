// What `convforge check` says at the end.
#pragma once

#include "problem/problem.hpp"
#include "target/target.hpp"
#include "verify/check.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace convforge::cli {

struct CheckCase {
  Problem problem;
  Target target;
  std::string reproduction; ///< the command line that repeats it
  CheckResult result;
};

/// A table with the measured error beside the bound (of all cases, or the closest ones of a long list), then
/// every failure and the line that repeats it, then the count.
void print_report(std::span<const CheckCase> cases, std::uint64_t seed);
void print_json(std::span<const CheckCase> cases, std::uint64_t seed);

} // namespace convforge::cli
