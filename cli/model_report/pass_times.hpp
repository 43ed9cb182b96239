// Timing of a network's steps: passes over all of them, since a step's data lie where the one before left
// them.
#pragma once

#include "network/execution/execution.hpp"

#include <span>
#include <vector>

namespace convforge::cli {

struct PassTimes {
  double whole = 0;          ///< of a pass the least
  std::vector<double> steps; ///< of each the least
  std::size_t passes = 0;
};

/// Runs passes for at least `seconds` and keeps the least times; every other pass reads the clock around each
/// step (some 30 ns). Two passes at least. Throws RuntimeError where a step fails.
void time_passes(std::span<const network::Call> steps, double seconds, PassTimes &least);

} // namespace convforge::cli
