// Many threads on one Jit whose compiler is Halide. Under ThreadSanitizer, too: libHalide.so is not built
// with it, and its suppression is by that name alone (tests/sanitizers/tsan.supp); all else is seen.
#include "fixture.hpp"
#include "verify/fill.hpp"
#include "verify/kernel_run.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace convforge {
namespace {

constexpr int problems = 6, threads = 8, rounds = 2;

using Outputs = std::vector<std::vector<float>>;

/// Each kernel's output; the problems in an order of the thread's own, waiting or in the background.
Outputs ask_and_run(Jit &jit, int thread) {
  Outputs outputs(problems);
  for (int i = 0; i < rounds * problems; i++) {
    const int which = (i + thread) % problems;
    const Problem problem = small_problem(7 * which);
    const auto kernel = thread % 2 == 0 ? jit.compile(problem) : jit.compile_async(problem).get();
    outputs[which] = run_guarded(kernel.value().descriptor(), fill(problem, Fill::real, which), {});
  }
  return outputs;
}

TEST(HalideThreads, EightShareAJit) {
  const ScratchDirectory directory;
  std::vector<Outputs> outputs(threads);
  std::vector<std::thread> workers;
  Jit jit({.cache_dir = directory / "c"});
  for (int thread = 0; thread < threads; thread++)
    workers.emplace_back([&, thread] { outputs[thread] = ask_and_run(jit, thread); });
  for (std::thread &worker : workers)
    worker.join();
  EXPECT_EQ(jit.counts().compiled, problems);
  EXPECT_EQ(jit.counts().memory, threads * rounds * problems - problems);
  Jit alone({.cache_dir = directory / "other"});
  const Outputs expected = ask_and_run(alone, 0);
  for (const Outputs &output : outputs)
    EXPECT_EQ(output, expected);
}

} // namespace
} // namespace convforge
