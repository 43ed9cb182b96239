// Plans keep within what every CUDA GPU takes: threads, shared memory without asking, grids; or are refused
// by name.
#include "base/error.hpp"
#include "plan/pointwise.hpp"
#include "planner/gpu/planner.hpp"
#include "planner/gpu/tiles.hpp"
#include "target/gpu_machine.hpp"
#include "verify/random.hpp"
#include "verify/random_problem.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace convforge {
namespace {

const char *const targets[] = {"cuda-sm75", "cuda-sm80", "cuda-sm86", "cuda-sm90"};

void expect_within_limits(const Problem &problem) {
  for (const char *name : targets) {
    const GpuPlan plan = make_gpu_plan(problem, find_target(name));
    const GpuGrid grid = grid_of(shape_of(problem, plan.algorithm), plan);
    SCOPED_TRACE(problem.canonical() + " for " + name + ": " + plan.why);
    EXPECT_GE(plan.threads(), 1);
    EXPECT_LE(plan.threads(), 1024);
    EXPECT_LE(shared_bytes(problem, plan), 48 << 10);
    EXPECT_GE(grid.blocks(), 1);
    EXPECT_LE(grid.pixels, 2147483647);
    EXPECT_LE(grid.channels, 65535);
    EXPECT_LE(grid.rest, 65535);
  }
}

/// The message, or nothing where there is a plan.
std::string refusal(const char *descriptor, const char *layout) {
  try {
    (void)make_gpu_plan(Problem::parse(descriptor, {.layout = layout}), find_target("cuda-sm80"));
    return "";
  } catch (const Error &error) {
    return error.what();
  }
}

TEST(GpuLimits, ThreeDimensionsAreRefusedByName) {
  for (const char *descriptor : {"ic8id4ih8oc8kd3kh3", "ic8id4ih8oc8kd1kh1", "g8ic8id4ih8oc8kd3kh3"})
    EXPECT_NE(
        refusal(descriptor, "nhwc").find("target: cuda-sm80 (expected a CPU's: CUDA targets have no 3-D"),
        std::string::npos)
        << refusal(descriptor, "nhwc");
}

TEST(GpuLimits, PaddingModesAreRefusedByName) {
  const Problem problem = Problem::parse("ic8ih8oc8kh3ph1", {.padding_mode = "reflect"});
  try {
    (void)make_gpu_plan(problem, find_target("cuda-sm80"));
    ADD_FAILURE() << "taken";
  } catch (const Error &error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("padding mode: reflect (expected zeros"))
        << error.what();
  }
}

TEST(GpuLimits, TransposedOnesAreRefusedByName) {
  EXPECT_NE(refusal("transposed_ic8ih8oc8kh3", "nhwc")
                .find("target: cuda-sm80 (expected a CPU's: CUDA targets have no transposed"),
            std::string::npos);
}

TEST(GpuLimits, RandomProblems) {
  for (int i = 0; i < 5000; i++) {
    Problem problem = random_problem(seed_of(fmt::format("limits:{}", i)));
    problem.padding_mode = PaddingMode::zeros;
    problem.pooling = {};
    if (problem.transposed)
      continue;
    expect_within_limits(problem);
  }
}

TEST(GpuLimits, LargeProblems) {
  for (const char *layout : {"nhwc", "nchw"}) {
    for (const char *descriptor :
         {"mb512ic64ih56oc64kh3ph1", "mb1ic2048ih7oc2048kh3ph1", "mb1ic1ih20000oc1kh3ph1",
          "g1024mb32ic1024ih14oc1024kh3ph1", "mb65535ic64ih1oc64kh1", "mb1ic3ih2048oc64kh11ph5sh4"}) {
      expect_within_limits(Problem::parse(descriptor, {.layout = layout}));
    }
  }
}

TEST(GpuLimits, GridsThatCudaHasNotAreRefused) {
  EXPECT_NE(refusal("mb70000ic4ih1oc4kh1", "nchw").find("mb * g"), std::string::npos);
  EXPECT_EQ(refusal("mb70000ic4ih1oc4kh1", "nhwc"), "");
  EXPECT_NE(refusal("g4mb600ic4ih112oc4kh3ph1", "nhwc").find("mb * oh"), std::string::npos);
}

TEST(GpuLimits, TensorsAndPackedWeightsBeyond32BitsAreRefused) {
  EXPECT_NE(refusal("mb2048ic64ih64oc64kh3ph1", "nhwc").find("less than 2147483648 bytes"),
            std::string::npos);
  EXPECT_NE(refusal("ic500000000ih1oc1kh1", "nhwc").find("weights"), std::string::npos);
}

} // namespace
} // namespace convforge
