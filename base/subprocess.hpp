// Runs another program, without a shell.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace convforge {

struct ProcessResult {
  bool found = true;      ///< the program exists and could be started
  bool timed_out = false; ///< it was stopped after `timeout`
  int exit_code = 0;      ///< 128 + signal number if a signal ended it
  std::string output;
  std::string errors; ///< as much of it as people read: what follows is left out, and says so
};

/// What programs may answer: more than any listing, and none fills the memory.
inline constexpr std::size_t most_output_bytes = std::size_t{64} << 20;
inline constexpr std::size_t most_error_bytes = std::size_t{64} << 10;

/// Runs `arguments[0]` (a path, or a name that PATH has) with `input` as its standard input. Thread-safe.
/// Any `timeout`; the largest is none. It starts with no signal blocked, whatever this thread has. Throws
/// Error when the system refuses pipes or memory, and when the program writes more than `most_output_bytes`.
ProcessResult run_process(const std::vector<std::string> &arguments, const std::string &input,
                          std::chrono::milliseconds timeout);

} // namespace convforge
