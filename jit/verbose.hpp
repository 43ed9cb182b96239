// CONVFORGE_VERBOSE: one line per decision on standard error.
#pragma once

#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace convforge {

/// Any value but "" and "0", as in the runtime.
inline bool verbose() {
  const char *value = std::getenv("CONVFORGE_VERBOSE");
  return value != nullptr && *value != 0 && std::string_view(value) != "0";
}

template <typename... Values>
void say(fmt::format_string<Values...> format, Values &&...values) {
  if (verbose())
    fmt::print(stderr, "convforge: {}\n", fmt::format(format, std::forward<Values>(values)...));
}

} // namespace convforge
