// One problem, one object: whatever a process compiled before and on however many threads, ahead of time or
// just in time; and so the results, bit by bit. CONVFORGE_TEST_PROBLEMS says how many random problems (40).
#include "ahead_of_time.hpp"
#include "disk_cache.hpp"
#include "key.hpp"
#include "planner/planner.hpp"
#include "verify/check.hpp"
#include "verify/kernel_run.hpp"
#include "verify/random_problem.hpp"

#include <cstring>
#include <gtest/gtest.h>
#include <thread>

namespace convforge {
namespace {

int problem_count() {
  const char *count = std::getenv("CONVFORGE_TEST_PROBLEMS");
  return count ? std::atoi(count) : 40;
}

/// Every fifth has a depth.
Problem problem_at(int i) {
  return random_problem(i, {}, i % 5 == 0 ? 3 : 2);
}

/// Random problems compiled by `threads` threads at once, each in an order of its own, into one cache.
class Compiled {
public:
  explicit Compiled(int threads) : jit_({.cache_dir = directory_ / "c"}) {
    std::vector<std::thread> workers;
    for (int thread = 0; thread < threads; thread++)
      workers.emplace_back([&, thread] {
        for (int i = 0; i < problem_count(); i++)
          jit_.compile(problem_at((i + thread * problem_count() / threads) % problem_count()));
      });
    for (std::thread &worker : workers)
      worker.join();
  }
  Result<JitKernel> kernel(const Problem &problem) { return jit_.compile(problem); }
  /// The same from the disk, by a Jit that could not compile it.
  Result<JitKernel> stored_kernel(const Problem &problem) const {
    return Jit({.cache_dir = directory_ / "c", .program = "/bin/false"}).compile(problem);
  }
  std::vector<std::uint8_t> object(const Problem &problem) const {
    const Target &target = host_target();
    const auto entry =
        DiskCache(directory_ / "c", 1 << 30).load(cache_key(problem, make_plan(problem, target), target));
    return entry ? entry->object : std::vector<std::uint8_t>{};
  }

private:
  const ScratchDirectory directory_;
  Jit jit_;
};

bool equal_bits(const std::vector<float> &a, const std::vector<float> &b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST(Objects, AndResultsAreTheSameAheadOfTimeAndJustInTime) {
  Compiled one(1), eight(8);
  for (int i = 0; i < problem_count(); i++) {
    const Problem problem = problem_at(i);
    SCOPED_TRACE(problem.canonical());
    const AheadOfTime built(problem, host_target());
    EXPECT_EQ(one.object(problem), built.object());
    EXPECT_EQ(eight.object(problem), built.object());

    const Tensors tensors = fill(problem, Fill::real, i);
    const std::vector<float> expected = run_guarded(built.kernel(), tensors, {});
    for (const auto &kernel : {one.kernel(problem), eight.kernel(problem), eight.stored_kernel(problem)})
      EXPECT_TRUE(equal_bits(run_guarded(kernel.value().descriptor(), tensors, {}), expected));
    const CheckResult checked = check_kernel(problem, eight.kernel(problem)->descriptor(), 1);
    EXPECT_TRUE(checked.passed) << checked.failure;
  }
}

} // namespace
} // namespace convforge
