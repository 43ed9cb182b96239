// Random slices: the tensors of a problem in larger ones, some of them with whole pages between rows or
// pixels, which a kernel must not touch (verify/guard.hpp).
#pragma once

#include "problem/problem.hpp"

#include <cstdint>

namespace convforge {

/// The problem with strides of a seed, the same on every machine; valid.
Problem with_random_strides(Problem problem, std::uint64_t seed);

} // namespace convforge
