// The JIT as its users see it, with the compiler in this process.
#include "convforge/jit.hpp"

#include "base/error.hpp"
#include "fixture.hpp"
#include "verify/check.hpp"
#include "verify/random_problem.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

namespace convforge {
namespace {

void expect_right(const Problem &problem, const Result<JitKernel> &kernel) {
  ASSERT_TRUE(kernel) << kernel.error().message;
  const CheckResult checked = check_kernel(problem, kernel->descriptor(), 1);
  EXPECT_TRUE(checked.passed) << problem.canonical() << ": " << checked.failure;
}

TEST(Jit, CompilesThenRemembersThenReadsFromDisk) {
  const ScratchDirectory directory;
  const Problem problem = Problem::parse("ic3ih5oc4kh2", {.epilogue = "bias,relu"});
  {
    Jit jit({.cache_dir = directory / "c"});
    const auto first = jit.compile(problem), second = jit.compile(problem);
    expect_right(problem, first);
    EXPECT_EQ(first->origin(), JitKernel::Origin::compiled);
    EXPECT_EQ(&first->descriptor(), &second->descriptor());
    EXPECT_EQ(jit.counts().compiled, 1u);
    EXPECT_EQ(jit.counts().memory, 1u);
  }
  Jit jit({.cache_dir = directory / "c"});
  const auto loaded = jit.compile(problem);
  expect_right(problem, loaded);
  EXPECT_EQ(loaded->origin(), JitKernel::Origin::disk);
  EXPECT_EQ(jit.counts().compiled, 0u);
}

TEST(Jit, PacksAndRunsWithTheTypedCall) {
  Jit jit({.disk_cache = false});
  // 1x1 over two channels: y = 3 a + 5 b + 1.
  const auto kernel = jit.compile(Problem::parse("ic2ih1oc1kh1", {.epilogue = "bias"}));
  ASSERT_TRUE(kernel);
  alignas(64) std::byte packed[1024], workspace[1024];
  ASSERT_LE(kernel->descriptor().packed_bytes, sizeof packed);
  ASSERT_LE(convforge_workspace_size(&kernel->descriptor(), 1), sizeof workspace);
  const float weights[] = {3, 5}, input[] = {10, 100}, bias = 1;
  float output = 0;
  ASSERT_EQ(kernel->pack(weights, packed), CONVFORGE_OK);
  ASSERT_EQ((*kernel)(input, packed, &bias, &output, workspace), CONVFORGE_OK);
  EXPECT_EQ(output, 531);
  EXPECT_EQ((*kernel)(nullptr, packed, &bias, &output, workspace), CONVFORGE_ERROR_NULL);
}

TEST(Jit, TakesOperandsAsAList) {
  const ScratchDirectory directory;
  // 1x1 over two channels: ((3 a + 5 b + 1) * -2, times 0.5 below zero) + 4.
  const Problem problem = Problem::parse("ic2ih1oc1kh1", {.epilogue = "bias,scale,prelu,bias"});
  for (const auto origin : {JitKernel::Origin::compiled, JitKernel::Origin::disk}) {
    Jit jit({.cache_dir = directory / "c"});
    const auto kernel = jit.compile(problem);
    expect_right(problem, kernel);
    EXPECT_EQ(kernel->origin(), origin);
    alignas(64) std::byte packed[1024], workspace[1024];
    const float weights[] = {3, 5}, input[] = {10, 100}, bias = 1, scale = -2, slope = 0.5f, shift = 4;
    float output = 0;
    ASSERT_EQ(kernel->pack(weights, packed), CONVFORGE_OK);
    ASSERT_EQ((*kernel)({input, packed, &bias, &scale, &slope, &shift, &output}, workspace), CONVFORGE_OK);
    EXPECT_EQ(output, 531 * -2 * 0.5f + 4);
    EXPECT_EQ((*kernel)({input, packed, &bias, &output}, workspace), CONVFORGE_ERROR_NULL);
    EXPECT_EQ((*kernel)(input, packed, &bias, &output, workspace), CONVFORGE_ERROR_NULL);
  }
}

TEST(Jit, KernelsOutliveTheJitAndRunOnAnyThread) {
  const Problem problem = small_problem(5);
  std::optional<Result<JitKernel>> kernel;
  {
    Jit jit({.disk_cache = false});
    kernel = jit.compile(problem);
  }
  std::thread([&] { expect_right(problem, *kernel); }).join();
}

TEST(Jit, ManyThreadsGetOneKernelAProblem) {
  constexpr int problems = 24, threads = 8;
  const ScratchDirectory directory;
  Jit jit({.cache_dir = directory / "c"});
  std::vector<std::vector<const convforge_kernel *>> seen(threads);
  std::vector<std::thread> workers;
  for (int thread = 0; thread < threads; thread++)
    workers.emplace_back([&, thread] {
      for (int i = 0; i < 2 * problems; i++) {
        const auto kernel = jit.compile(small_problem(i % problems));
        seen[thread].push_back(kernel ? &kernel->descriptor() : nullptr);
      }
    });
  for (std::thread &worker : workers)
    worker.join();
  EXPECT_EQ(jit.counts().compiled, problems);
  EXPECT_EQ(jit.counts().memory, threads * 2 * problems - problems);
  for (const auto &kernels : seen)
    EXPECT_EQ(kernels, seen[0]);
  EXPECT_EQ(std::count(seen[0].begin(), seen[0].end(), nullptr), 0);
  for (int i = 0; i < problems; i++)
    expect_right(small_problem(i), jit.compile(small_problem(i)));
}

TEST(Jit, CompilesInTheBackground) {
  std::shared_future<Result<JitKernel>> last;
  {
    Jit jit({.disk_cache = false});
    const auto future = jit.compile_async(small_problem(0));
    const auto same = jit.compile_async(small_problem(0));
    expect_right(small_problem(0), future.get());
    EXPECT_EQ(&future.get()->descriptor(), &same.get()->descriptor());
    last = jit.compile_async(small_problem(1));
  } // waits
  EXPECT_EQ(last.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  expect_right(small_problem(1), last.get());
}

TEST(Jit, ErrorsAreNamed) {
  EXPECT_THROW(Jit({.target = "x86-64-mmx"}), Error);
  Jit jit({.disk_cache = false, .algorithm = "depthwise"});
  const auto refused = jit.compile(small_problem(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, JitError::Code::problem);
  EXPECT_NE(refused.error().message.find("algorithm: depthwise"), std::string::npos)
      << refused.error().message;
  EXPECT_THROW(refused.value(), std::runtime_error);
  Problem wrong;
  wrong.in_channels = 0;
  EXPECT_EQ(jit.compile(wrong).error().code, JitError::Code::problem);
  EXPECT_EQ(jit.counts().failed, 2u);
}

TEST(Jit, MakesKernelsForALesserTarget) {
  Jit jit({.disk_cache = false, .target = "x86-64-sse41"});
  const auto kernel = jit.compile(small_problem(9));
  expect_right(small_problem(9), kernel);
  EXPECT_STREQ(kernel->descriptor().target, "x86-64-sse41");
}

TEST(Jit, NoPageIsWritableAndExecutable) {
  Jit jit({.disk_cache = false});
  const auto kernel = jit.compile(small_problem(1));
  ASSERT_TRUE(kernel);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    EXPECT_EQ(line.find("rwx"), std::string::npos) << line;
}

TEST(Jit, PerfCanNameKernels) {
  const std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
  Jit silent({.disk_cache = false, .target = "x86-64-sse41"});
  ASSERT_TRUE(silent.compile(small_problem(1)));
  EXPECT_FALSE(std::filesystem::exists(path));
  Jit jit({.disk_cache = false, .target = "x86-64-sse41", .perf_map = true});
  const auto kernel = jit.compile(small_problem(1));
  ASSERT_TRUE(kernel);
  const std::vector<std::uint8_t> bytes = read_bytes(path);
  std::filesystem::remove(path);
  const std::string map(bytes.begin(), bytes.end());
  const auto address = reinterpret_cast<std::uintptr_t>(kernel->descriptor().function);
  EXPECT_NE(map.find(fmt::format("{:x} ", address)), std::string::npos) << map;
  EXPECT_NE(map.find(std::string(kernel->descriptor().problem) + " conv_x86_64_sse41\n"), std::string::npos)
      << map;
}

} // namespace
} // namespace convforge
