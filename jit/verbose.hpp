// CONVFORGE_VERBOSE=1: one line per decision on standard error.
#pragma once

#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace convforge {

inline bool verbose() {
  const char *value = std::getenv("CONVFORGE_VERBOSE");
  return value != nullptr && std::string_view(value) == "1";
}

template <typename... Values>
void say(fmt::format_string<Values...> format, Values &&...values) {
  if (verbose())
    fmt::print(stderr, "convforge: {}\n", fmt::format(format, std::forward<Values>(values)...));
}

} // namespace convforge
