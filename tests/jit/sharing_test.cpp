// Many threads on one Jit, with loading, both caches and eviction while kernels run. The compiler is
// stored_compiler.cpp, so that ThreadSanitizer sees all of our code; only LLVM's is not built with it.
#include "fixture.hpp"
#include "stored_compiler.hpp"
#include "stored_run.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace convforge {
namespace {

template <typename Work>
void on_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < count; thread++)
    threads.emplace_back([=] { work(thread); });
  for (std::thread &thread : threads)
    thread.join();
}

constexpr int problems = 200, threads = 8, rounds = 3;

/// Each thread asks for every problem in an order of its own, waiting or in the background, and runs it.
void ask_and_run(Jit &jit, int thread) {
  for (int i = 0; i < rounds * problems; i++) {
    const Problem problem = small_problem((i * (2 * thread + 1)) % problems);
    const bool wait = (i + thread) % 2 == 0;
    const auto kernel = wait ? jit.compile(problem) : jit.compile_async(problem).get();
    ASSERT_TRUE(kernel) << kernel.error().message;
    expect_runs(*kernel);
  }
}

TEST(Sharing, EightThreadsOverTwoHundredProblemsInMemory) {
  const ScratchDirectory directory;
  Jit jit({.cache_dir = directory / "c", .target = stored_target});
  on_threads(threads, [&](int thread) { ask_and_run(jit, thread); });
  EXPECT_EQ(jit.counts().compiled, problems);
  EXPECT_EQ(jit.counts().disk, 0u);
  EXPECT_EQ(jit.counts().memory, threads * rounds * problems - problems);
}

TEST(Sharing, EightThreadsWhileKernelsInUseAreEvicted) {
  const ScratchDirectory directory;
  Jit jit({.cache_dir = directory / "c", .memory_entries = 4, .target = stored_target});
  on_threads(threads, [&](int thread) { ask_and_run(jit, thread); });
  const JitCounts counts = jit.counts();
  EXPECT_EQ(counts.compiled, problems); // then from disk
  EXPECT_GT(counts.disk, 0u);
  EXPECT_EQ(counts.memory + counts.disk + counts.compiled, threads * rounds * problems);
}

TEST(Sharing, TwoJitsOnOneDirectoryThatIsTooSmall) {
  const ScratchDirectory directory;
  const JitOptions options{
      .cache_dir = directory / "c", .disk_bytes = 20000, .memory_entries = 4, .target = stored_target};
  Jit one(options), other(options);
  on_threads(threads, [&](int thread) { ask_and_run(thread % 2 ? one : other, thread); });
}

TEST(Sharing, KernelsAreUsableFromAnyThreadAfterTheJitIsGone) {
  std::vector<std::shared_future<Result<JitKernel>>> kernels;
  {
    Jit jit({.disk_cache = false, .memory_entries = 4, .target = stored_target});
    for (int i = 0; i < problems; i++)
      kernels.push_back(jit.compile_async(small_problem(i)));
  } // waits for those that are still to do
  on_threads(threads, [&](int thread) {
    for (int i = thread; i < problems; i += threads / 2) { // each by two threads
      const JitKernel own_share = *kernels[i].get();
      expect_runs(own_share);
    }
  });
}

} // namespace
} // namespace convforge
