// Runs another program, without a shell.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace convforge {

struct ProcessResult {
  bool found = true;      ///< the program exists and could be started
  bool timed_out = false; ///< it was stopped after `timeout`
  int exit_code = 0;      ///< 128 + signal number if a signal ended it
  std::string output, errors;
};

/// Runs `arguments[0]` (a path, or a name that PATH has) with `input` as its standard input. Thread-safe.
/// Throws Error only when the system refuses pipes or memory.
ProcessResult run_process(const std::vector<std::string> &arguments, const std::string &input,
                          std::chrono::milliseconds timeout);

} // namespace convforge
