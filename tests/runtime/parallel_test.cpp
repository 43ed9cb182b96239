// Parallel loops of a kernel: every iteration once, scratch apart, the same result whoever runs it.
#include "fake.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <thread>

namespace {

void forwards(void *, int count, convforge_task task, void *closure) {
  for (int i = 0; i < count; ++i)
    task(closure, i);
}
void backwards(void *, int count, convforge_task task, void *closure) {
  for (int i = count - 1; i >= 0; --i)
    task(closure, i);
}
void one_thread_each(void *, int count, convforge_task task, void *closure) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i)
    threads.emplace_back(task, closure, i);
  for (auto &thread : threads)
    thread.join();
}
void count_workers(void *pool, int count, convforge_task task, void *closure) {
  *static_cast<int *>(pool) = count;
  forwards(pool, count, task, closure);
}

constexpr std::int64_t output_floats = FAKE_TASKS * sizeof(fake_iteration) / sizeof(float);

struct Loop {
  fake::Kernel kernel{fake_loop, output_floats};
  fake::Call call{kernel};
  const fake_iteration *run(const convforge_threads *threads) {
    call.threads = threads;
    EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
    return static_cast<const fake_iteration *>(call.at[fake::output]);
  }
};

// The worker whose region holds this block, or -1.
int worker_of(const Loop &loop, const void *block) {
  const auto offset = static_cast<const char *>(block) - static_cast<const char *>(loop.call.workspace) -
                      static_cast<std::ptrdiff_t>(loop.kernel.workspace_shared_bytes);
  return offset < 0
             ? -1
             : static_cast<int>(offset / static_cast<std::ptrdiff_t>(loop.kernel.workspace_thread_bytes));
}

void expect_right(const Loop &loop, const fake_iteration *iterations, int workers) {
  for (int i = 0; i < FAKE_TASKS; ++i) {
    const fake_iteration &it = iterations[i];
    const int index = FAKE_FIRST + i, worker = worker_of(loop, it.first);
    ASSERT_EQ(it.index, index);
    ASSERT_EQ(it.calls, 1);
    ASSERT_EQ(it.sum, index * (index + 1) / 2);
    ASSERT_EQ(it.nested_scratch, 1);
    ASSERT_GE(worker, 0);
    ASSERT_LT(worker, workers);
    const char *region = static_cast<const char *>(loop.call.workspace) + loop.kernel.workspace_shared_bytes +
                         worker * loop.kernel.workspace_thread_bytes;
    ASSERT_EQ(it.first, region);
    ASSERT_EQ(it.second, region + 128) << "100 bytes cost 128";
    ASSERT_EQ(it.third, nullptr) << "192 bytes are all there is";
  }
}

TEST(Parallel, WithoutThreadsWorkerZeroDoesItAll) {
  Loop loop;
  expect_right(loop, loop.run(nullptr), 1);
}

TEST(Parallel, OneThreadDoesNotCallBack) {
  Loop loop;
  int workers = 0;
  const convforge_threads threads{count_workers, &workers, 1};
  expect_right(loop, loop.run(&threads), 1);
  EXPECT_EQ(workers, 0);
}

TEST(Parallel, EveryIterationOnceForAnyCallbackAndCount) {
  for (auto callback : {forwards, backwards, one_thread_each}) {
    for (int count = 1; count <= 8; ++count) {
      Loop loop;
      const convforge_threads threads{callback, nullptr, count};
      expect_right(loop, loop.run(&threads), count);
    }
  }
}

TEST(Parallel, ThePoolForAnyCount) {
  for (int count = 1; count <= 8; ++count) {
    convforge_pool *pool = convforge_pool_create(count);
    ASSERT_NE(pool, nullptr);
    const convforge_threads threads = convforge_pool_threads(pool);
    for (int repeat = 0; repeat < 20; ++repeat) {
      Loop loop;
      expect_right(loop, loop.run(&threads), count);
    }
    convforge_pool_destroy(pool);
  }
}

TEST(Parallel, ManyCallersShareAKernelAndAPool) {
  convforge_pool *pool = convforge_pool_create(3);
  const convforge_threads threads = convforge_pool_threads(pool);
  fake::Kernel kernel(fake_loop, output_floats);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      Loop loop;
      for (int repeat = 0; repeat < 20; ++repeat) {
        loop.call.storage.assign(loop.call.storage.size(), 0);
        fake::Call call(kernel);
        call.threads = &threads;
        ASSERT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
        const auto *iterations = static_cast<const fake_iteration *>(call.at[fake::output]);
        for (int i = 0; i < FAKE_TASKS; ++i)
          ASSERT_EQ(iterations[i].calls, 1);
      }
    });
  }
  for (auto &caller : callers)
    caller.join();
  convforge_pool_destroy(pool);
}

TEST(Parallel, NoMoreWorkersThanIterations) {
  fake::Kernel kernel(fake_failing_loop); // 20 iterations
  kernel.workspace_thread_bytes = 0;
  fake::Call call(kernel);
  int workers = 0;
  const convforge_threads threads{count_workers, &workers, 50};
  call.threads = &threads;
  convforge_run(&kernel, &call);
  EXPECT_EQ(workers, 20);
}

TEST(Parallel, AFailedIterationFailsTheCall) {
  fake::Kernel kernel(fake_failing_loop);
  fake::Call call(kernel);
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_MEMORY);
  const convforge_threads threads{backwards, nullptr, 4};
  call.threads = &threads;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_MEMORY);
}

TEST(Parallel, AnEmptyLoopRunsNothing) {
  fake::Kernel kernel(fake_empty_loop);
  fake::Call call(kernel);
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
}

} // namespace
