// The thread pool by itself: every index once, many callers, loops inside loops.
#include "pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>
#include <vector>

namespace {

using convforge::test::count_up, convforge::test::make_pool, convforge::test::Pool;

TEST(Pool, EveryIndexOnce) {
  for (int threads = 1; threads <= 8; ++threads) {
    const Pool pool = make_pool(threads);
    ASSERT_TRUE(pool);
    const convforge_threads callback = convforge_pool_threads(pool.get());
    EXPECT_EQ(callback.count, threads);
    for (const int count : {0, 1, threads, 100}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count) + 1);
      callback.parallel_for(callback.pool, count, count_up, calls.data());
      for (int i = 0; i < count; ++i)
        EXPECT_EQ(calls[static_cast<std::size_t>(i)], 1);
      EXPECT_EQ(calls[static_cast<std::size_t>(count)], 0);
    }
  }
}

TEST(Pool, ManyCallersAtOnce) {
  const Pool pool = make_pool(4);
  const convforge_threads callback = convforge_pool_threads(pool.get());
  std::vector<std::thread> callers;
  callers.reserve(6);
  for (int caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&] {
      for (int repeat = 0; repeat < 200; ++repeat) {
        int plain[8] = {0}; // not atomic: the end of a loop must order its writes before the caller's reads
        callback.parallel_for(
            callback.pool, 8,
            [](void *closure, int index) { static_cast<int *>(closure)[index] += index + 1; }, plain);
        for (int i = 0; i < 8; ++i)
          ASSERT_EQ(plain[i], i + 1);
      }
    });
  }
  for (auto &caller : callers)
    caller.join();
}

struct Nested {
  convforge_threads callback;
  std::atomic<int> calls{0};
};
void inner(void *closure, int) {
  ++static_cast<Nested *>(closure)->calls;
}
void outer(void *closure, int) {
  const convforge_threads &callback = static_cast<Nested *>(closure)->callback;
  callback.parallel_for(callback.pool, 10, inner, closure);
}

TEST(Pool, ALoopInsideAWorkerDoesNotDeadlock) {
  for (int threads = 1; threads <= 4; ++threads) {
    const Pool pool = make_pool(threads);
    Nested nested;
    nested.callback = convforge_pool_threads(pool.get());
    for (int repeat = 0; repeat < 50; ++repeat)
      nested.callback.parallel_for(nested.callback.pool, 10, outer, &nested);
    EXPECT_EQ(nested.calls, 50 * 10 * 10);
  }
}

TEST(Pool, WorkersReallyRunAtOnce) {
  const Pool pool = make_pool(3);
  const convforge_threads callback = convforge_pool_threads(pool.get());
  std::atomic<int> arrived{0};
  callback.parallel_for(
      callback.pool, 3,
      [](void *closure, int) { // ends only when all three are inside
        auto &inside = *static_cast<std::atomic<int> *>(closure);
        ++inside;
        while (inside < 3)
          std::this_thread::yield();
      },
      &arrived);
  EXPECT_EQ(arrived, 3);
}

constexpr auto long_wait = std::chrono::milliseconds(300); // 3000 times as long as anyone spins
constexpr double a_third_of_it = 0.1; // seconds of processor time: who spins all along takes three times that

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

TEST(Pool, IdleWorkersFallAsleepAndWakeUp) {
  const Pool pool = make_pool(8);
  const convforge_threads callback = convforge_pool_threads(pool.get());
  for (int repeat = 0; repeat < 2; ++repeat) {
    std::vector<std::atomic<int>> calls(8);
    callback.parallel_for(callback.pool, 8, count_up, calls.data());
    for (int i = 0; i < 8; ++i)
      EXPECT_EQ(calls[static_cast<std::size_t>(i)], 1);
    const double before = processor_seconds();
    std::this_thread::sleep_for(long_wait);
    EXPECT_LT(processor_seconds() - before, a_third_of_it);
  }
}

struct Meeting {
  std::thread::id caller = std::this_thread::get_id();
  std::atomic<int> arrived{0};
};

TEST(Pool, ACallerFallsAsleepWhenOthersTakeLong) {
  const Pool pool = make_pool(2);
  const convforge_threads callback = convforge_pool_threads(pool.get());
  Meeting meeting;
  const double before = processor_seconds();
  callback.parallel_for(
      callback.pool, 2,
      [](void *closure, int) { // ends only when both are inside, and then later for the worker
        auto &both = *static_cast<Meeting *>(closure);
        ++both.arrived;
        both.arrived.notify_all();
        for (int seen = both.arrived; seen < 2; seen = both.arrived)
          both.arrived.wait(seen); // asleep: however long the other takes to come, it costs no processor time
        if (std::this_thread::get_id() != both.caller)
          std::this_thread::sleep_for(long_wait);
      },
      &meeting);
  EXPECT_LT(processor_seconds() - before, a_third_of_it);
}

TEST(Pool, ManyThreadsManyShortJobs) {
  const Pool pool = make_pool(16);
  const convforge_threads callback = convforge_pool_threads(pool.get());
  std::vector<std::thread> callers;
  callers.reserve(3);
  for (int caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&] {
      for (int repeat = 0; repeat < 300; ++repeat) {
        std::vector<std::atomic<int>> calls(16);
        callback.parallel_for(callback.pool, 1 + repeat % 16, count_up, calls.data());
        for (int i = 0; i < 16; ++i)
          ASSERT_EQ(calls[static_cast<std::size_t>(i)], i <= repeat % 16);
        if (repeat % 50 == 0)
          std::this_thread::sleep_for(std::chrono::milliseconds(1)); // workers fall asleep in between
      }
    });
  }
  for (auto &caller : callers)
    caller.join();
}

TEST(Pool, BadCountsAndNull) {
  EXPECT_EQ(convforge_pool_create(0), nullptr);
  EXPECT_EQ(convforge_pool_create(-1), nullptr);
  convforge_pool_destroy(nullptr);
  EXPECT_EQ(convforge_pool_threads(nullptr).count, 0);
}

} // namespace
