// A process of a soak: threads that ask for kernels, run them and compare, until the time is over.
#pragma once

#include "board.hpp"
#include "cases.hpp"

#include <chrono>
#include <deque>
#include <filesystem>

namespace convforge::soak {

struct Work {
  const std::deque<Case> &cases;
  std::filesystem::path cache;
  /// When memory is looked at for the first time, and when to end and look again.
  std::chrono::steady_clock::time_point early, end;
};

/// Runs the threads of process number `process`. What is wrong is counted on the board, and the first of it
/// told on standard error.
void work(const Work &work, Board &board, int process);

} // namespace convforge::soak
