// The thread pool where processes fork and threads are cancelled. What goes wrong here hangs: CTest ends it.
#include "pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using convforge::test::count_up, convforge::test::make_pool, convforge::test::Pool;

/// Whether a loop over the pool runs every index once.
bool loop_is_whole(convforge_pool *pool) {
  const convforge_threads threads = convforge_pool_threads(pool);
  std::atomic<int> calls[20] = {};
  threads.parallel_for(threads.pool, 20, count_up, calls);
  for (const std::atomic<int> &times : calls)
    if (times != 1)
      return false;
  return true;
}

constexpr unsigned hang_seconds = 100;

/// Forks. The child uses the pool and destroys it; answers how it ended.
int status_of_child(convforge_pool *pool) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(hang_seconds);
    const bool whole = loop_is_whole(pool);
    convforge_pool_destroy(pool);
    _exit(whole ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST(PoolProcesses, AChildRunsLoopsAloneAndDestroysItsCopy) {
  const Pool pool = make_pool(3);
  EXPECT_EQ(status_of_child(pool.get()), 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(20)); // the workers sleep now
  EXPECT_EQ(status_of_child(pool.get()), 0);
  EXPECT_TRUE(loop_is_whole(pool.get()));
}

TEST(PoolProcesses, AChildOfABusyPool) {
  const Pool pool = make_pool(3);
  std::atomic<bool> over{false};
  std::thread busy([&] {
    while (!over)
      loop_is_whole(pool.get());
  });
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(status_of_child(pool.get()), 0);
  over = true;
  busy.join();
  EXPECT_TRUE(loop_is_whole(pool.get()));
}

/// A loop of two iterations at once; the one that is not the caller's waits until it may end.
struct CancelledLoop {
  convforge_threads threads;
  std::atomic<int> inside{0};
  std::atomic<bool> may_end{false}, ended{false};
};

void run_cancelled(CancelledLoop &loop) {
  struct Closure {
    CancelledLoop &loop;
    pthread_t caller;
  } closure{loop, pthread_self()};
  loop.threads.parallel_for(
      loop.threads.pool, 2,
      [](void *pointer, int) {
        auto &[own, caller] = *static_cast<Closure *>(pointer);
        ++own.inside;
        while (own.inside < 2 || (!own.may_end && pthread_equal(pthread_self(), caller) == 0))
          std::this_thread::yield();
      },
      &closure);
  loop.ended = true;
}

/// Without variables: AddressSanitizer leaves those of a cancelled function poisoned.
void *call_loop(void *loop) {
  run_cancelled(*static_cast<CancelledLoop *>(loop));
  pthread_testcancel();
  return nullptr;
}

TEST(PoolProcesses, AThreadIsCancelledAfterItsLoop) {
  const Pool pool = make_pool(2);
  for (int repeat = 0; repeat < 3; ++repeat) {
    CancelledLoop loop;
    loop.threads = convforge_pool_threads(pool.get());
    pthread_t caller;
    ASSERT_EQ(pthread_create(&caller, nullptr, call_loop, &loop), 0);
    while (loop.inside < 2)
      std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(30)); // the caller sleeps, no longer spins
    pthread_cancel(caller);
    loop.may_end = true;
    void *result = nullptr;
    ASSERT_EQ(pthread_join(caller, &result), 0);
    EXPECT_EQ(result, PTHREAD_CANCELED);
    EXPECT_TRUE(loop.ended);
    EXPECT_TRUE(loop_is_whole(pool.get()));
  }
}

} // namespace
