// Tests that need a program of scripts/packages.txt skip without it where somebody runs them by hand, and
// fail under CTest, which sets CONVFORGE_REQUIRE_TOOLS: what continuous integration skips, nobody misses.
#pragma once

#include <cstdlib>
#include <gtest/gtest.h>

/// Ends the test, saying what is missing. A macro, as those of GoogleTest that return are.
#define CONVFORGE_TOOL_MISSING(what)                                                                         \
  do {                                                                                                       \
    if (std::getenv("CONVFORGE_REQUIRE_TOOLS"))                                                              \
      FAIL() << (what);                                                                                      \
    GTEST_SKIP() << (what);                                                                                  \
  } while (false)
