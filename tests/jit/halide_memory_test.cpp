// Memory is given back by kernels of Halide's, too. CONVFORGE_TEST_COMPILES says how many are compiled (25).
#include "fixture.hpp"
#include "memory_use.hpp"

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>

namespace convforge {
namespace {

int compile_count() {
  const char *count = std::getenv("CONVFORGE_TEST_COMPILES");
  return count ? std::atoi(count) : 25;
}

/// Asks for `times` kernels, each released at once, after `before` of them that fill tables and heap.
void expect_growth_of_at_most(long kib, Jit &jit, int before, int times) {
  const auto ask = [&](int count) {
    for (int i = 0; i < count; i++)
      ASSERT_TRUE(jit.compile(small_problem(i % 10)));
  };
  ask(before);
  const MemoryUse start = memory_use();
  ask(times);
  const MemoryUse end = memory_use();
  EXPECT_EQ(end.executable_mappings, start.executable_mappings);
  EXPECT_LE(end.mappings - start.mappings, 8);
  std::printf("%d kernels: %ld KiB more\n", times, end.resident_kib - start.resident_kib);
  if (!memory_is_quarantined())
    EXPECT_LE(end.resident_kib - start.resident_kib, kib);
}

// A kernel that stays costs two pages at least, 8 KiB.
TEST(HalideMemory, IsGivenBackAfterLoadsFromDisk) {
  const ScratchDirectory directory;
  Jit jit({.cache_dir = directory / "c", .memory_entries = 0});
  expect_growth_of_at_most(300, jit, 100, 300);
}

TEST(HalideMemory, IsGivenBackAfterCompiles) {
  Jit jit({.disk_cache = false, .memory_entries = 0});
  expect_growth_of_at_most(200 + compile_count() / 2, jit, 20, compile_count()); // 64 KiB after a thousand
}

} // namespace
} // namespace convforge
