#include "artefact/kernel_name.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <sstream>
#include <string>

namespace convforge {
namespace {

// Generated text must not depend on the process's locale, as isalnum() would.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool listed(std::string_view name) {
  std::istringstream lines(taken_names);
  for (std::string line, word; std::getline(lines, line);) {
    std::istringstream words(line.starts_with('#') ? "" : line);
    while (words >> word)
      if (word == name)
        return true;
  }
  return false;
}

bool taken(std::string_view name) {
  const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
  return name.ends_with("_t") || name.ends_with("intrin") || begins("atomic_") || begins("pthread_") ||
         begins("halide_") || listed(name);
}

} // namespace

void check_kernel_name(std::string_view name) {
  const auto bad = [&](const char *expected) { fail("name", std::string("'").append(name) + "'", expected); };
  if (name.empty() || !std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); }))
    bad("a C identifier: letters, digits and underscores, such as conv1");
  if (!is_letter(name.front()) || name.front() == '_' || name.find("__") != name.npos)
    bad("a C identifier that starts with a letter and has no two underscores in a row, such as conv1");
  if (name == "convforge" || name.starts_with("convforge_"))
    bad("a name that does not start with convforge_, the runtime's prefix");
  if (taken(name))
    bad("a name that C, C++ and POSIX leave free, their headers' too, such as conv1");
}

} // namespace convforge
