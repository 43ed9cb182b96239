// Memory is given back with the last handle. The compiler is stored_compiler.cpp; memory_long_test.cpp does
// the same with Halide.
#include "base/error.hpp"
#include "fixture.hpp"
#include "loader.hpp"
#include "memory_use.hpp"
#include "stored_compiler.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

// A kernel that stays costs two pages at least (code, and what is read only): 300 of them 2400 KiB. Without a
// leak the growth was 0 KiB each time; 64 KiB leave the allocator some room, and are 0.2 KiB a kernel.
constexpr int loads = 300;
constexpr long most_growth_kib = 64;

void expect_no_growth(Jit &jit) {
  const auto load = [&](int times) {
    for (int i = 0; i < times; i++)
      ASSERT_TRUE(jit.compile(small_problem(i % 10)));
  };
  load(100); // the allocator's heap finds its size
  const MemoryUse before = memory_use();
  load(loads);
  const MemoryUse after = memory_use();
  EXPECT_EQ(after.executable_mappings, before.executable_mappings);
  EXPECT_LE(after.mappings - before.mappings, 4);
  if (!memory_is_quarantined())
    EXPECT_LE(after.resident_kib - before.resident_kib, most_growth_kib);
  testing::Test::RecordProperty("growth_kib", static_cast<int>(after.resident_kib - before.resident_kib));
}

TEST(Memory, IsGivenBackAfterLoadsFromDisk) {
  const ScratchDirectory directory;
  Jit jit({.cache_dir = directory / "c", .memory_entries = 0, .target = stored_target});
  expect_no_growth(jit);
  EXPECT_EQ(jit.counts().compiled, 10u);
  EXPECT_EQ(jit.counts().disk, 90u + loads);
}

TEST(Memory, IsGivenBackAfterLoadsFromTheCompiler) {
  Jit jit({.disk_cache = false, .memory_entries = 0, .target = stored_target});
  expect_no_growth(jit);
  EXPECT_EQ(jit.counts().compiled, 100u + loads);
}

TEST(Memory, IsGivenBackAfterFailedLoads) {
  const Artefact foreign = foreign_artefact(small_problem(0));
  const auto fail_to_load = [&](int times) {
    for (int i = 0; i < times; i++)
      EXPECT_THROW(LoadedKernel::load(foreign), Error);
  };
  fail_to_load(20);
  const int before = memory_use().mappings;
  fail_to_load(loads);
  EXPECT_LE(memory_use().mappings - before, 4);
}

TEST(Memory, EachKernelHasItsOwnExecutableMapping) { // so the counts above can grow
  Jit jit({.disk_cache = false, .target = stored_target});
  const int before = memory_use().executable_mappings;
  ASSERT_TRUE(jit.compile(small_problem(0)));
  EXPECT_GT(memory_use().executable_mappings, before);
}

} // namespace
} // namespace convforge
