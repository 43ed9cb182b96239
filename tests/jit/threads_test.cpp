// Many threads on one Jit. No Halide here, so that ThreadSanitizer sees all of the code: a program that is
// not there stands for the compiler, and the portable kernel for what it would have made.
#include "fixture.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace convforge {
namespace {

/// The output of a 1x1 kernel with ones for weights, over ones: the input channels and the bias.
float sum_of(const JitKernel &kernel) {
  const convforge_kernel &descriptor = kernel.descriptor();
  const std::vector<float> input(convforge_input(&descriptor)->bytes / 4, 1),
      weights(convforge_weights(&descriptor)->bytes / 4, 1), bias(descriptor.operands[2].bytes / 4, 0.5f);
  std::vector<float> output(convforge_output(&descriptor)->bytes / 4);
  alignas(64) std::byte packed[4096];
  EXPECT_LE(descriptor.packed_bytes, sizeof packed);
  EXPECT_EQ(kernel.pack(weights.data(), packed), CONVFORGE_OK);
  EXPECT_EQ(kernel(input.data(), packed, bias.data(), output.data(), nullptr), CONVFORGE_OK);
  return output.back();
}

TEST(Threads, EightShareAJitOverTwoHundredProblems) {
  constexpr int problems = 200, threads = 8;
  const ScratchDirectory directory;
  Jit jit({.cache_dir = directory / "c", .program = "/no/such/convforge", .generic_fallback = true});
  std::vector<std::thread> workers;
  for (int thread = 0; thread < threads; thread++)
    workers.emplace_back([&, thread] {
      for (int i = 0; i < problems; i++) {
        const Problem problem = small_problem(i);
        const bool wait = (i + thread) % 2 == 0;
        const auto kernel = wait ? jit.compile(problem) : jit.compile_async(problem).get();
        EXPECT_EQ(sum_of(kernel.value()), static_cast<float>(problem.in_channels) + 0.5f);
      }
    });
  for (std::thread &worker : workers)
    worker.join();
  const JitCounts counts = jit.counts();
  EXPECT_EQ(counts.compiled, 0u);
  EXPECT_EQ(jit.compile(small_problem(0))->origin(), JitKernel::Origin::generic);
}

} // namespace
} // namespace convforge
