// Tuning at run time with kernels that Halide compiles, in this process (jit_test) or another one
// (jit_program_test).
#include "base/subprocess.hpp"
#include "convforge/jit.hpp"
#include "fixture.hpp"
#include "verify/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convforge {
namespace {

#ifdef WITHOUT_COMPILER
const std::string program = CONVFORGE;
#else
const std::string program;
#endif

TEST(TunedKernels, AreRightAndFoundAgain) {
  const ScratchDirectory directory;
  const Problem problem = Problem::parse("ic8ih14oc16kh3ph1", {.epilogue = "bias,relu"});
  for (const bool first : {true, false}) {
    Jit jit({.cache_dir = directory / "c",
             .target = "x86-64-sse41",
             .machine = "haswell",
             .program = program,
             .tuning_budget = std::chrono::seconds(100)});
    const auto kernel = jit.compile(problem);
    ASSERT_TRUE(kernel) << kernel.error().message;
    EXPECT_EQ(kernel->origin(), first ? JitKernel::Origin::compiled : JitKernel::Origin::disk);
    EXPECT_EQ(jit.counts().raced, first ? 1u : 0u);
    EXPECT_THAT(kernel->descriptor().why, testing::HasSubstr("measured at run time on haswell"));
    const CheckResult checked = check_kernel(problem, kernel->descriptor(), 1);
    EXPECT_TRUE(checked.passed) << checked.failure;
  }
  const ProcessResult listed = run_process(
      {CONVFORGE, "cache", "verify", "--json", "--cache-dir", directory / "c"}, "", std::chrono::minutes(1));
  EXPECT_EQ(listed.exit_code, 0);
  EXPECT_THAT(listed.output, testing::HasSubstr("\"kind\": \"kernel\""));
  EXPECT_THAT(listed.output, testing::HasSubstr("\"kind\": \"choice\""));
}

} // namespace
} // namespace convforge
