// Whose turn it is to measure: two races at once would time each other.
#pragma once

#include "per_process.hpp"

#include <mutex>

namespace convforge {

struct RaceTurn {
  RaceTurn() = default;
  /// In a child of fork(), where nobody races (per_process.hpp).
  explicit RaceTurn(RaceTurn & /*of_parent*/) {}
  std::mutex mutex;
};

/// One for all Jits of the process, which share its machine. Thread-safe, and made by the first call.
PerProcess<RaceTurn> &race_turn();

} // namespace convforge
