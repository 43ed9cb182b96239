// CONVFORGE_VERBOSE: one line per decision on standard error.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>

namespace convforge {

/// Any value but "" and "0", as in the runtime.
inline bool verbose() {
  const char *value = std::getenv("CONVFORGE_VERBOSE");
  return value != nullptr && *value != 0 && std::string_view(value) != "0";
}

/// A line that cannot be written (standard error is closed, or full) is lost: nobody's kernel fails for it.
template <typename... Values>
void say(fmt::format_string<Values...> format, Values &&...values) noexcept {
  if (!verbose())
    return;
  try {
    const std::string line = "convforge: " + fmt::format(format, std::forward<Values>(values)...) + '\n';
    std::fputs(line.c_str(), stderr);
  } catch (const std::exception &) {
    std::fputs("convforge: no memory for a line of CONVFORGE_VERBOSE\n", stderr);
  }
}

} // namespace convforge
