// Random problems: every field takes unusual values often, and each problem is small enough for the oracle to
// be quick.
#pragma once

#include "problem/problem.hpp"

#include <cstdint>

namespace convforge {

/// The problem of a seed, the same on every machine; valid, and at most 2^20 multiply-adds. `dimensions`: 2
/// (some of which are 1-D), or 3, all of which have a depth.
Problem random_problem(std::uint64_t seed, const ElementTypes &types = {}, int dimensions = 2);

} // namespace convforge
