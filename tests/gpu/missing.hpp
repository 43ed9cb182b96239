// What a test of the label gpu answers without a tool: it is skipped, but fails where all tools must be
// there.
#pragma once

#include <cstdio>
#include <cstdlib>

/// The exit status, having said what is missing.
inline int missing(const char *what) {
  const bool required = std::getenv("CONVFORGE_REQUIRE_TOOLS") != nullptr;
  std::printf("%s: no %s\n", required ? "FAILED" : "skipped", what);
  return required ? 1 : 77;
}
