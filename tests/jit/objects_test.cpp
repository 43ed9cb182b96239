// A Jit on many threads makes the very objects that compile() makes one after another, and keeps them whole.
// CONVFORGE_TEST_PROBLEMS says how many random problems (24).
#include "disk_cache.hpp"
#include "fixture.hpp"
#include "key.hpp"
#include "planner.hpp"
#include "verify/check.hpp"
#include "verify/random_problem.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

int problem_count() {
  const char *count = std::getenv("CONVFORGE_TEST_PROBLEMS");
  return count ? std::atoi(count) : 24;
}

TEST(Objects, AreTheSameAheadOfTimeAndJustInTime) {
  const ScratchDirectory directory;
  const Target &target = host_target();
  std::vector<std::shared_future<Result<JitKernel>>> kernels;
  {
    Jit jit({.cache_dir = directory / "c", .memory_entries = 0});
    for (int i = 0; i < problem_count(); i++)
      kernels.push_back(jit.compile_async(random_problem(i)));
  }
  const DiskCache cache(directory / "c", 1 << 30);
  Jit warm({.cache_dir = directory / "c", .program = "/bin/false"}); // whatever it gives is from disk
  for (int i = 0; i < problem_count(); i++) {
    const Problem problem = random_problem(i);
    const Plan plan = make_plan(problem, target);
    const auto entry = cache.load(cache_key(problem, plan, target));
    ASSERT_TRUE(entry) << problem.canonical();
    EXPECT_EQ(entry->object, compile(problem, plan, target, "conv").object) << problem.canonical();
    const CheckResult compiled = check_kernel(problem, kernels[i].get().value().descriptor(), 1);
    const CheckResult loaded = check_kernel(problem, warm.compile(problem).value().descriptor(), 1);
    EXPECT_TRUE(compiled.passed) << problem.canonical() << ": " << compiled.failure;
    EXPECT_TRUE(loaded.passed) << problem.canonical() << ": " << loaded.failure;
    EXPECT_EQ(compiled.error, loaded.error) << problem.canonical();
  }
}

} // namespace
} // namespace convforge
