// The thread pool where processes fork. What goes wrong here hangs: CTest ends it.
#include "convforge/convforge.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

namespace {

using Pool = std::unique_ptr<convforge_pool, decltype(&convforge_pool_destroy)>;
Pool make_pool(int count) {
  return {convforge_pool_create(count), convforge_pool_destroy};
}

void count_up(void *closure, int index) {
  ++static_cast<std::atomic<int> *>(closure)[index];
}

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

} // namespace
