// Memory that cannot be had: of each request every allocation fails in turn, which must be one clear error
// and no more: the next request is served. What cannot lose an allocation (LLVM, the JSON library) does not
// run meanwhile.
#include "convforge/jit.h"
#include "disk_cache.hpp"
#include "failing_allocation.hpp"
#include "fixture.hpp"
#include "key.hpp"
#include "stored_compiler.hpp"
#include "stored_run.hpp"

#include <gtest/gtest.h>
#include <new>

namespace convforge {
namespace {

constexpr const char *out_of_memory = "out of memory";

/// What `request` answers while its allocation number n, of this thread, fails. `failed`: it made that many.
template <typename Request>
auto with_failing_allocation(int n, bool &failed, Request request) {
  fail_allocation(n);
  auto answer = request();
  failed = allocation_failed();
  return answer;
}

/// Calls step(n, failed) for n = 0, 1, ... until no allocation failed.
template <typename Step>
void sweep(Step step) {
  bool failed = true;
  int n = 0;
  for (; failed && !testing::Test::HasFailure(); n++)
    step(n, failed);
  EXPECT_GT(n, 0);
}

TEST(FailingAllocation, InCompileAsync) {
  Jit jit({.disk_cache = false, .target = stored_target});
  int errors = 0;
  sweep([&](int n, bool &failed) {
    const Problem problem = small_problem(n);
    const auto kernel = with_failing_allocation(n, failed, [&] { return jit.compile_async(problem); }).get();
    errors += !kernel;
    if (!kernel)
      EXPECT_EQ(kernel.error().message, out_of_memory);
    expect_runs(jit.compile(problem).value());
    expect_runs(jit.compile_async(problem).get().value());
  });
  EXPECT_GT(errors, 0);
}

TEST(FailingAllocation, OfAKernelInMemory) {
  Jit jit({.disk_cache = false, .target = stored_target});
  const Problem problem = small_problem(0);
  jit.compile(problem).value();
  sweep([&](int n, bool &failed) {
    const auto kernel = with_failing_allocation(n, failed, [&] { return jit.compile(problem); });
    EXPECT_TRUE(kernel || kernel.error().message == out_of_memory);
    const auto later = with_failing_allocation(n, failed, [&] { return jit.compile_async(problem); }).get();
    EXPECT_TRUE(later || later.error().message == out_of_memory);
    EXPECT_TRUE(jit.compile(problem));
  });
}

/// The planner refuses: what is computed this way is another shape.
TEST(FailingAllocation, InThePlanner) {
  Jit jit({.disk_cache = false, .target = stored_target, .algorithm = "depthwise", .generic_fallback = true});
  const Problem problem = small_problem(9);
  const Result<JitKernel> refusal = jit.compile(problem);
  ASSERT_FALSE(refusal);
  int without_memory = 0;
  sweep([&](int n, bool &failed) {
    const auto kernel = with_failing_allocation(n, failed, [&] { return jit.compile(problem); });
    // Where the memory of the plan fails the portable kernel stands in, as it does for a compiler's.
    const bool portable = kernel && kernel->origin() == JitKernel::Origin::generic;
    const bool named =
        !kernel && kernel.error().message == out_of_memory && kernel.error().code == JitError::Code::compile;
    without_memory += portable || named;
    EXPECT_TRUE(portable || named || kernel.error().message == refusal.error().message) << n;
    EXPECT_EQ(jit.compile(problem).error().message, refusal.error().message) << n;
  });
  EXPECT_GT(without_memory, 0);
}

TEST(FailingAllocation, OfAnEntryOnDisk) {
  const ScratchDirectory directory;
  DiskCache cache(directory / "c", 1 << 20);
  const Artefact artefact = made_up_artefact(0);
  const std::string key = cache_key(artefact.problem, artefact.plan, artefact.target);
  cache.store(key, encode_entry(key, artefact));
  sweep([&](int n, bool &failed) {
    with_failing_allocation(n, failed, [&] {
      try {
        return cache.load(key).has_value();
      } catch (const std::bad_alloc &) {
        return false;
      }
    });
    EXPECT_TRUE(cache.load(key)) << n;
  });
}

/// A jit with options that no test of the C interface below varies.
class CInterface {
public:
  CInterface() {
    const convforge_jit_options options = {.target = stored_target, .no_disk_cache = 1};
    EXPECT_EQ(convforge_jit_create(&options, &jit, nullptr, 0), CONVFORGE_JIT_OK);
  }
  ~CInterface() { convforge_jit_destroy(jit); }
  CInterface(const CInterface &) = delete;
  CInterface &operator=(const CInterface &) = delete;

  convforge_jit *jit = nullptr;
};

void expect_out_of_memory(int status, const char *message) {
  EXPECT_EQ(status, CONVFORGE_JIT_ERROR_COMPILE);
  EXPECT_STREQ(message, out_of_memory);
}

TEST(FailingAllocation, InTheCInterface) {
  const CInterface c;
  int errors = 0;
  sweep([&](int n, bool &failed) {
    const std::string descriptor = "ic2ih1oc" + std::to_string(1 + n) + "kh1"; // a text not seen before
    const convforge_jit_problem problem = {.descriptor = descriptor.c_str()};
    convforge_jit_future *future = nullptr;
    convforge_jit_kernel *kernel = nullptr;
    char message[200] = "";
    int status = with_failing_allocation(n, failed, [&] {
      return convforge_jit_compile_async(c.jit, &problem, &future, message, sizeof message);
    });
    if (status == CONVFORGE_JIT_OK)
      status = convforge_jit_get(future, &kernel, message, sizeof message);
    errors += status != CONVFORGE_JIT_OK;
    if (status != CONVFORGE_JIT_OK)
      expect_out_of_memory(status, message);
    convforge_jit_release(kernel);
    convforge_jit_release_future(future);
    EXPECT_EQ(convforge_jit_compile(c.jit, &problem, &kernel, nullptr, 0), CONVFORGE_JIT_OK);
    convforge_jit_release(kernel);
  });
  EXPECT_GT(errors, 0);
}

TEST(FailingAllocation, OfAShareInC) {
  const CInterface c;
  const convforge_jit_problem problem = {.descriptor = "ic2ih1oc1kh1"};
  convforge_jit_kernel *kernel = nullptr;
  ASSERT_EQ(convforge_jit_compile(c.jit, &problem, &kernel, nullptr, 0), CONVFORGE_JIT_OK);
  convforge_jit_release(kernel);
  sweep([&](int n, bool &failed) {
    char message[200] = "";
    const int status = with_failing_allocation(
        n, failed, [&] { return convforge_jit_compile(c.jit, &problem, &kernel, message, sizeof message); });
    if (status != CONVFORGE_JIT_OK)
      expect_out_of_memory(status, message);
    convforge_jit_release(kernel);
    EXPECT_EQ(convforge_jit_compile(c.jit, &problem, &kernel, nullptr, 0), CONVFORGE_JIT_OK);
    convforge_jit_release(kernel);
  });
}

TEST(FailingAllocation, OfAJitInC) {
  const convforge_jit_options options = {.target = stored_target, .no_disk_cache = 1};
  sweep([&](int n, bool &failed) {
    char message[200] = "";
    convforge_jit *jit = nullptr;
    const int status = with_failing_allocation(
        n, failed, [&] { return convforge_jit_create(&options, &jit, message, sizeof message); });
    if (status != CONVFORGE_JIT_OK)
      expect_out_of_memory(status, message);
    convforge_jit_destroy(jit);
  });
}

} // namespace
} // namespace convforge
