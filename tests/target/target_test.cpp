#include "convforge/convforge.h"
#include "messages.hpp"
#include "target/gpu_machine.hpp"
#include "target/target.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

namespace {

std::uint32_t pretended_features = 0, pretended_tuning = 0;

} // namespace

// Stands in for the runtime's: these tests choose the CPU.
extern "C" std::uint32_t convforge_cpu_features(void) {
  return pretended_features;
}
extern "C" std::uint32_t convforge_cpu_tuning(void) {
  return pretended_tuning;
}

namespace convforge {
namespace {

constexpr std::uint32_t sse41 = CONVFORGE_CPU_SSE41, avx2 = sse41 | CONVFORGE_CPU_AVX2,
                        avx512 = avx2 | CONVFORGE_CPU_AVX512;

TEST(TargetTest, TableIsBestFirstAndFoundByName) {
  ASSERT_FALSE(all_targets().empty());
  EXPECT_EQ(all_targets().front().name, "x86-64-avx512-vnni");
  for (const Target &target : all_targets())
    EXPECT_EQ(&find_target(target.name), &target);
}

TEST(TargetTest, IdentifiersAreCSymbols) {
  EXPECT_EQ(identifier(find_target("x86-64-avx512")), "x86_64_avx512");
}

TEST(TargetTest, HostIsTheBestThatRuns) {
  pretended_features = avx512;
  EXPECT_EQ(find_target("host").name, "x86-64-avx512");
  pretended_features = avx2;
  EXPECT_EQ(host_target().name, "x86-64-avx2");
  EXPECT_FALSE(runs_here(find_target("x86-64-avx512")));
  pretended_features = sse41;
  EXPECT_EQ(host_target().name, "x86-64-sse41");
}

TEST(TargetTest, HostOnArmFollowsTheCores) {
  pretended_features = CONVFORGE_CPU_NEON;
  EXPECT_EQ(host_target().name, "arm-64-neon");
  EXPECT_TRUE(runs_here(find_target("arm-64-neon-inorder"))) << "tuning is no need";
  EXPECT_EQ(host_target("arm-64-neon-inorder").name, "arm-64-neon-inorder");
  pretended_tuning = CONVFORGE_CPU_ARM_IN_ORDER;
  EXPECT_EQ(host_target().name, "arm-64-neon-inorder");
  pretended_tuning = 0;
  EXPECT_FALSE(runs_here(find_target("x86-64-sse41")));
}

TEST(TargetTest, AFeatureWithoutANameIsLackingAllTheSame) {
  pretended_features = avx512;
  Target unheard_of = find_target("x86-64-avx512");
  unheard_of.cpu_features |= 1u << 7;
  EXPECT_FALSE(runs_here(unheard_of));
  EXPECT_EQ(missing_features(unheard_of),
            "a feature that this version of ConvForge does not know (bits 0x80)");
}

TEST(TargetTest, EveryFeatureOfEveryTargetHasAName) {
  for (const std::span<const Target> list : {all_targets(), gpu_targets()})
    for (const Target &target : list)
      EXPECT_EQ(feature_names(target.cpu_features).find("does not know"), std::string::npos) << target.name;
}

TEST(TargetTest, ANameForcesOne) {
  pretended_features = avx512;
  EXPECT_EQ(host_target("x86-64-sse41").name, "x86-64-sse41");
  EXPECT_EQ(host_target("host").name, "x86-64-avx512");
  EXPECT_EQ(host_target("").name, "x86-64-avx512");
}

TEST(TargetTest, TheEnvironmentIsNotRead) {
  pretended_features = avx512;
  setenv("CONVFORGE_TARGET", "x86-64-sse41", 1);
  EXPECT_EQ(host_target().name, "x86-64-avx512");
  EXPECT_EQ(find_target("host").name, "x86-64-avx512");
  unsetenv("CONVFORGE_TARGET");
}

/// A row is whole: what schedules and planner divide by, and a family that says what it is.
TEST(TargetTest, RowsAreWhole) {
  for (const Target &target : all_targets()) {
    EXPECT_GT(target.vector_bytes, 0) << target.name;
    EXPECT_GT(target.vector_registers, 0) << target.name;
    EXPECT_GT(target.broadcast_lanes, 0) << target.name;
    EXPECT_NE(target.schedules, ScheduleFamily::cuda) << target.name;
    EXPECT_EQ(target.lanes(ElementType::f16), 2 * target.lanes(ElementType::f32)) << target.name;
  }
  EXPECT_EQ(find_target("x86-64-avx512").lanes(ElementType::f32), 16);
  for (const Target &target : gpu_targets()) {
    EXPECT_TRUE(is_gpu(target)) << target.name;
    EXPECT_EQ(gpu_machine(target).compute_capability, target.compute_capability) << target.name;
  }
}

TEST(TargetTest, ErrorsNameWhatTheCpuLacks) {
  pretended_features = sse41;
  EXPECT_EQ(error_of([] { host_target("x86-64-avx512"); }),
            "CONVFORGE_TARGET: x86-64-avx512 (expected a target this "
            "machine runs: its CPU or OS lacks AVX2 with FMA "
            "and F16C; AVX-512 F, BW, CD, DQ and VL)");
  pretended_features = 0;
  EXPECT_TRUE(contains(error_of([] { host_target(); }), "x86-64-sse41, which needs SSE4.1"));
}

TEST(TargetTest, ErrorsListTheKnownNames) {
  const std::string expected =
      "(expected one of host, x86-64-avx512-vnni, x86-64-avx512, x86-64-avx2, x86-64-sse41, "
      "arm-64-neon-dotprod, arm-64-neon-inorder, arm-64-neon-fp16, arm-64-neon, cuda-sm90, cuda-sm86, "
      "cuda-sm80, cuda-sm75)";
  EXPECT_EQ(error_of([] { find_target("sparc"); }), "target: \"sparc\" " + expected);
  EXPECT_TRUE(contains(error_of([] { host_target("sparc"); }), expected));
}

} // namespace
} // namespace convforge
