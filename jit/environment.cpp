#include "environment.hpp"

#include <cstdlib>

namespace convforge {

namespace {

namespace fs = std::filesystem;

std::string variable(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

fs::path cache_directory() {
  if (const std::string named = variable("CONVFORGE_CACHE_DIR"); !named.empty())
    return named;
  // The XDG base directory specification: a relative path is to be ignored.
  if (const fs::path xdg = variable("XDG_CACHE_HOME"); xdg.is_absolute())
    return xdg / "convforge";
  if (const fs::path home = variable("HOME"); home.is_absolute())
    return home / ".cache" / "convforge";
  return {};
}

} // namespace

Environment read_environment() {
  const std::string verbose = variable("CONVFORGE_VERBOSE");
  return {.target = variable("CONVFORGE_TARGET"),
          .machine = variable("CONVFORGE_MACHINE"),
          .plans = variable("CONVFORGE_PLANS"),
          .cache_directory = cache_directory(),
          .verbose = !verbose.empty() && verbose != "0"};
}

} // namespace convforge
