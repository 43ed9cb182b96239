// One maker per problem, errors not kept, and a bound that never frees a kernel in use. No kernel is compiled
// here.
#include "fixture.hpp"
#include "memory_cache.hpp"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>

namespace convforge {
namespace {

JitKernel some_kernel() {
  return {std::make_shared<const convforge_kernel>(), JitKernel::Origin::compiled};
}

/// Whether the cache has a problem; one that it has not is left as it was.
bool holds(MemoryCache &cache, const Problem &problem) {
  MemoryCache::Claim claim = cache.claim(problem);
  const bool held = !claim.duty;
  if (claim.duty)
    claim.duty->complete(JitError{}, false);
  return held;
}

void put(MemoryCache &cache, const Problem &problem, const JitKernel &kernel) {
  MemoryCache::Claim claim = cache.claim(problem);
  ASSERT_TRUE(claim.duty);
  claim.duty->complete(kernel, true);
}

TEST(MemoryCache, OneOfManyThreadsMakesAKernelAndAllGetIt) {
  constexpr int problems = 200, threads = 8;
  MemoryCache cache(problems);
  std::atomic<int> made{0};
  std::vector<std::vector<const convforge_kernel *>> seen(threads);
  std::vector<std::thread> workers;
  for (int thread = 0; thread < threads; thread++)
    workers.emplace_back([&, thread] {
      for (int i = 0; i < problems; i++) {
        MemoryCache::Claim claim = cache.claim(small_problem(i));
        if (claim.duty) {
          made++;
          claim.duty->complete(some_kernel(), true);
        }
        seen[thread].push_back(&claim.future.get()->descriptor());
      }
    });
  for (std::thread &worker : workers)
    worker.join();
  EXPECT_EQ(made, problems);
  for (const auto &kernels : seen)
    EXPECT_EQ(kernels, seen[0]);
}

TEST(MemoryCache, AnErrorReachesAllWhoWaitAndIsNotKept) {
  MemoryCache cache(4);
  MemoryCache::Claim first = cache.claim(small_problem(0)), second = cache.claim(small_problem(0));
  ASSERT_TRUE(first.duty);
  ASSERT_FALSE(second.duty);
  first.duty->complete(JitError{JitError::Code::load, "no memory"}, false);
  EXPECT_EQ(first.future.get().error().message, "no memory");
  EXPECT_EQ(second.future.get().error().message, "no memory");
  EXPECT_FALSE(holds(cache, small_problem(0)));
  put(cache, small_problem(0), some_kernel());
  EXPECT_TRUE(holds(cache, small_problem(0)));
}

TEST(MemoryCache, ADutyThatEndsUnfulfilledIsAnErrorToAllWhoWait) {
  MemoryCache cache(4);
  MemoryCache::Future waiting;
  {
    const MemoryCache::Claim dropped = cache.claim(small_problem(0));
    ASSERT_TRUE(dropped.duty);
    waiting = cache.claim(small_problem(0)).future;
  }
  EXPECT_EQ(waiting.get().error().message, "out of memory");
  put(cache, small_problem(0), some_kernel());
  EXPECT_TRUE(holds(cache, small_problem(0)));
}

TEST(MemoryCache, WhatWasAskedForLongestAgoGoesFirst) {
  MemoryCache cache(2);
  put(cache, small_problem(0), some_kernel());
  put(cache, small_problem(1), some_kernel());
  EXPECT_TRUE(holds(cache, small_problem(0))); // now the most recent
  put(cache, small_problem(2), some_kernel());
  EXPECT_TRUE(holds(cache, small_problem(0)));
  EXPECT_FALSE(holds(cache, small_problem(1)));
  EXPECT_TRUE(holds(cache, small_problem(2)));
}

TEST(MemoryCache, AKernelInUseOutlivesItsSlotAndOneThatIsNotGoes) {
  MemoryCache cache(1);
  auto memory = std::make_shared<const convforge_kernel>();
  const std::weak_ptr<const convforge_kernel> watched = memory;
  put(cache, small_problem(0), {std::move(memory), JitKernel::Origin::compiled});
  auto in_use = std::make_unique<Result<JitKernel>>(cache.claim(small_problem(0)).future.get());
  put(cache, small_problem(1), some_kernel());
  EXPECT_FALSE(holds(cache, small_problem(0)));
  EXPECT_FALSE(watched.expired());
  in_use.reset();
  EXPECT_TRUE(watched.expired());
}

TEST(MemoryCache, SlotsThatAreBeingFilledDoNotCountAndStay) {
  MemoryCache cache(1);
  MemoryCache::Claim pending = cache.claim(small_problem(0));
  put(cache, small_problem(1), some_kernel());
  EXPECT_TRUE(holds(cache, small_problem(1)));
  put(cache, small_problem(2),
      some_kernel()); // one too many: not the one being filled goes, though the oldest
  EXPECT_FALSE(holds(cache, small_problem(1)));
  EXPECT_TRUE(holds(cache, small_problem(2)));
  EXPECT_FALSE(cache.claim(small_problem(0)).duty);
  pending.duty->complete(some_kernel(), true);
  EXPECT_TRUE(holds(cache, small_problem(0)) != holds(cache, small_problem(2)));
}

TEST(MemoryCache, ProblemsThatDifferInOneFieldAreApart) {
  MemoryCache cache(64);
  const Problem base = Problem::parse("g2mb1ic4ih8oc4oh8kh3ph1", {.epilogue = "bias,clip:0:6"});
  std::vector<Problem> problems = {
      base,
      Problem::parse("g2mb2ic4ih8oc4oh8kh3ph1", {.epilogue = "bias,clip:0:6"}),
      Problem::parse("g4mb1ic4ih8oc4oh8kh3ph1", {.epilogue = "bias,clip:0:6"}),
      Problem::parse("g2mb1ic4ih8oc4oh8kh3ph1dh1", {.epilogue = "bias,clip:0:6"}),
      Problem::parse("g2mb1ic4ih8oc4oh8kh3ph1", {.epilogue = "bias,clip:0:5"}),
      Problem::parse("g2mb1ic4ih8oc4oh8kh3ph1", {.epilogue = "clip:0:6,bias"}),
      base,
      base,
      base};
  problems[6].layout = Layout::nchw;
  problems[7].weights_layout = WeightsLayout::oihw;
  problems[8].math = Math::exact;
  for (const Problem &problem : problems)
    put(cache, problem, some_kernel());
  Problem named = base;
  named.name = "conv1";
  EXPECT_TRUE(holds(cache, named)); // a label changes nothing
}

} // namespace
} // namespace convforge
