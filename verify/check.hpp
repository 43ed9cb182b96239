// Checks a kernel against the oracle. The kernel may come from anywhere: loaded, linked or written by hand.
#pragma once

#include "convforge/convforge.h"
#include "problem/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace convforge {

/// What a check found. Errors are of the real-valued fill, or of the whole range, absolute; bound is the
/// tolerance at the worst element.
struct CheckResult {
  bool passed = true;
  std::string failure; ///< one sentence: which fill, which element, what it is and what was expected
  double error = 0, bound = 0;
  bool spreads = false; ///< NaN, Inf and overflow may reach outputs whose window holds none: Winograd's tiles
  double ratio() const { return bound > 0 ? error / bound : 0; }
};

/// How many threads share a call where nothing else is asked for: enough to split tasks unevenly.
inline constexpr int check_threads = 3;

/// Runs `kernel` (which must have been made for `problem`) on whole numbers, real numbers and a few NaN and
/// Inf, or a quantised one on every QuantisedFill, with tensors at both ends of guarded memory, on one thread
/// and on `threads`, and in the place of a residual that may be the output; compares each output with the
/// oracle and all runs bit by bit. What is known of the problem's weights to be zero is; `weights_order`: for
/// each weight the one that is packed in its place (used_weights_first()), empty: itself. A kernel that
/// touches memory outside its tensors faults. Thread-safe.
CheckResult check_kernel(const Problem &problem, const convforge_kernel &kernel, std::uint64_t seed,
                         int threads = check_threads, std::span<const std::size_t> weights_order = {});

} // namespace convforge
