// One line per decision on standard error, where it is asked for (CONVFORGE_VERBOSE, JitOptions).
#pragma once

#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace convforge {

class Verbose {
public:
  explicit Verbose(bool asked) : asked_(asked) {}

  /// A line that cannot be written (standard error is closed, or full) is lost: nobody's kernel fails for it.
  template <typename... Values>
  void say(fmt::format_string<Values...> format, Values &&...values) const noexcept {
    if (!asked_)
      return;
    try {
      const std::string line = "convforge: " + fmt::format(format, std::forward<Values>(values)...) + '\n';
      std::fputs(line.c_str(), stderr);
    } catch (const std::exception &) {
      std::fputs("convforge: no memory for a line of CONVFORGE_VERBOSE\n", stderr);
    }
  }

private:
  bool asked_;
};

} // namespace convforge
