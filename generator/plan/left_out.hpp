// What a kernel with constant weights does without (problem/zero_weights.hpp).
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <cstdint>
#include <string>

namespace convforge {

/// Counted in the caller's problem.
struct LeftOut {
  int in_channels = 0, out_channels = 0, taps = 0;
  std::int64_t multiply_adds = 0; ///< that remain, of the direct method

  bool none() const { return in_channels == 0 && out_channels == 0 && taps == 0; }
};

LeftOut left_out(const Problem &problem, const Plan &plan);

/// "32 of 64 input channels, 4 of 9 taps; 32112640 of 115605504 multiply-adds remain", and what is known to
/// be zero but not left out. Empty where nothing is.
std::string left_out_in_words(const Problem &problem, const Plan &plan);

} // namespace convforge
