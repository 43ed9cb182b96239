// Quantised problems beside their own shape in f32.
#include "planner/quantised/beside_floats.hpp"

#include "planner/planner.hpp"
#include "planner/rearranged_plans.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

FloatKernel beside(const std::string &descriptor, const std::string &target,
                   const std::string &machine = "generic") {
  const Problem problem = Problem::parse(descriptor, {.epilogue = "bias,relu", .dtype = "u8:s8:u8"});
  const Target &on = find_target(target);
  const Machine by = find_machine(machine);
  return float_kernel(make_plan(problem, on, {.machine = by}), problem, on, by).value_or(FloatKernel{});
}

TEST(BesideFloats, WinogradOfFloatsIsFasterWhereADotProductTakesTwoInstructions) {
  for (const char *target : {"x86-64-avx2", "x86-64-sse41"}) {
    const FloatKernel kernel = beside("mb1ic64ih56oc64kh3ph1", target);
    EXPECT_EQ(kernel.target, target);
    EXPECT_EQ(kernel.algorithm, Algorithm::winograd);
    for (const BesideFloats &time : kernel.times)
      EXPECT_LT(time.ratio(), 0.9) << target << " " << time.machine;
  }
}

TEST(BesideFloats, EightBitsAreFasterByVnni) {
  for (const char *descriptor : {"mb1ic256ih56oc64kh1", "mb1ic64ih56oc64kh3ph1"}) {
    const FloatKernel kernel = beside(descriptor, "x86-64-avx512-vnni", "emeraldrapids");
    EXPECT_EQ(kernel.target, "x86-64-avx512");
    ASSERT_EQ(kernel.times.size(), 1u);
    EXPECT_EQ(kernel.times[0].machine, "emeraldrapids");
    EXPECT_GT(kernel.times[0].ratio(), 1.2) << descriptor;
  }
}

/// 256 to 64 1x1 took 1257 us in f32 and 827 (Emerald Rapids, AVX2): additions of pairs find a third port.
TEST(BesideFloats, EightBitsAreFasterByPairsWhereWinogradIsNoHelp) {
  EXPECT_GT(beside("mb1ic256ih56oc64kh1", "x86-64-avx2", "emeraldrapids").times[0].ratio(), 1.2);
}

TEST(BesideFloats, TimesAreThoseOfThePlansOnEachMachine) {
  const Problem problem = Problem::parse("mb1ic64ih14oc64kh3ph1", {.dtype = "s8:s8:s8"});
  const Target &target = find_target("x86-64-avx2");
  const Plan plan = make_plan(problem, target), floats = make_plan(in_floats(problem), target);
  const FloatKernel kernel = float_kernel(plan, problem, target, {}).value_or(FloatKernel{});
  const std::vector<Machine> machines = machines_of(target);
  ASSERT_EQ(kernel.times.size(), machines.size());
  ASSERT_GT(machines.size(), 1u);
  for (std::size_t i = 0; i < machines.size(); ++i) {
    const Platform platform(target, machines[i]);
    EXPECT_EQ(kernel.times[i].machine, machines[i].name);
    EXPECT_EQ(kernel.times[i].cycles, cost_of(plan, problem, platform).total());
    EXPECT_EQ(kernel.times[i].float_cycles, cost_of(floats, in_floats(problem), platform).total());
  }
}

TEST(BesideFloats, FloatsHaveTheEpilogueWithoutWhatStepsNeed) {
  const Problem problem = Problem::parse("mb1ic8ih6oc8kh3ph1", {.epilogue = "bias,residual:0.5:7,clamp:3:200",
                                                                .layout = "nchw",
                                                                .dtype = "u8:s8:u8",
                                                                .zero_points = "3:4"});
  const Problem floats = in_floats(problem);
  EXPECT_NO_THROW(floats.validate());
  EXPECT_EQ(floats,
            Problem::parse("mb1ic8ih6oc8kh3ph1", {.epilogue = "bias,residual,clip:3:200", .layout = "nchw"}));
}

TEST(BesideFloats, EveryTargetHasOneForItsMachines) {
  EXPECT_EQ(float_target(find_target("x86-64-avx512-vnni")).name, "x86-64-avx512");
  EXPECT_EQ(float_target(find_target("arm-64-neon-dotprod")).name, "arm-64-neon") << "cores out of order";
  for (const Target &target : all_targets())
    if (!target.quantised_only)
      EXPECT_EQ(float_target(target).name, target.name);
}

TEST(BesideFloats, NothingWhereSlicesOfFloatsReachTooFar) {
  const Problem problem =
      Problem::parse("ic16ih4oc4kh1", {.dtype = "u8:s8:u8", .strides = "1200000000x1x300000000x16::"});
  const Target &target = find_target("x86-64-avx2");
  EXPECT_FALSE(float_kernel(make_plan(problem, target), problem, target, {}).has_value());
}

} // namespace
} // namespace convforge
