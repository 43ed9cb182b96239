#include "convforge/convforge.h"
#include "messages.hpp"
#include "target/target.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

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

class TargetTest : public testing::Test {
protected:
  TargetTest() { unsetenv("CONVFORGE_TARGET"); }
  ~TargetTest() override { unsetenv("CONVFORGE_TARGET"); }
};

TEST_F(TargetTest, TableIsBestFirstAndFoundByName) {
  ASSERT_FALSE(all_targets().empty());
  EXPECT_EQ(all_targets().front().name, "x86-64-avx512");
  for (const Target &target : all_targets())
    EXPECT_EQ(&find_target(target.name), &target);
}

TEST_F(TargetTest, IdentifiersAreCSymbols) {
  EXPECT_EQ(identifier(find_target("x86-64-avx512")), "x86_64_avx512");
}

TEST_F(TargetTest, HostIsTheBestThatRuns) {
  pretended_features = avx512;
  EXPECT_EQ(find_target("host").name, "x86-64-avx512");
  pretended_features = avx2;
  EXPECT_EQ(host_target().name, "x86-64-avx2");
  EXPECT_FALSE(runs_here(find_target("x86-64-avx512")));
  pretended_features = sse41;
  EXPECT_EQ(host_target().name, "x86-64-sse41");
}

TEST_F(TargetTest, HostOnArmFollowsTheCores) {
  pretended_features = CONVFORGE_CPU_NEON;
  EXPECT_EQ(host_target().name, "arm-64-neon");
  EXPECT_TRUE(runs_here(find_target("arm-64-neon-inorder"))) << "tuning is no need";
  setenv("CONVFORGE_TARGET", "arm-64-neon-inorder", 1);
  EXPECT_EQ(host_target().name, "arm-64-neon-inorder");
  unsetenv("CONVFORGE_TARGET");
  pretended_tuning = CONVFORGE_CPU_ARM_IN_ORDER;
  EXPECT_EQ(host_target().name, "arm-64-neon-inorder");
  pretended_tuning = 0;
  EXPECT_FALSE(runs_here(find_target("x86-64-sse41")));
}

TEST_F(TargetTest, AFeatureWithoutANameIsLackingAllTheSame) {
  pretended_features = avx512;
  Target unheard_of = find_target("x86-64-avx512");
  unheard_of.cpu_features |= 1u << 7;
  EXPECT_FALSE(runs_here(unheard_of));
  EXPECT_EQ(missing_features(unheard_of), "feature bits 0x80");
}

TEST_F(TargetTest, EveryFeatureOfEveryTargetHasAName) {
  for (const std::span<const Target> list : {all_targets(), gpu_targets()})
    for (const Target &target : list)
      EXPECT_EQ(feature_names(target.cpu_features).find("feature bits"), std::string::npos) << target.name;
}

TEST_F(TargetTest, EnvironmentForcesOne) {
  pretended_features = avx512;
  setenv("CONVFORGE_TARGET", "x86-64-sse41", 1);
  EXPECT_EQ(host_target().name, "x86-64-sse41");
  EXPECT_EQ(find_target("host").name, "x86-64-sse41");
  EXPECT_EQ(find_target("x86-64-avx2").name, "x86-64-avx2");
  setenv("CONVFORGE_TARGET", "host", 1);
  EXPECT_EQ(host_target().name, "x86-64-avx512");
  setenv("CONVFORGE_TARGET", "", 1);
  EXPECT_EQ(host_target().name, "x86-64-avx512");
}

TEST_F(TargetTest, ErrorsNameWhatTheCpuLacks) {
  pretended_features = sse41;
  setenv("CONVFORGE_TARGET", "x86-64-avx512", 1);
  EXPECT_EQ(error_of([] { host_target(); }), "CONVFORGE_TARGET: x86-64-avx512 (expected a target this "
                                             "machine runs: its CPU or OS lacks AVX2 with FMA "
                                             "and F16C; AVX-512 F, BW, CD, DQ and VL)");
  unsetenv("CONVFORGE_TARGET");
  pretended_features = 0;
  EXPECT_TRUE(contains(error_of([] { host_target(); }), "x86-64-sse41, which needs SSE4.1"));
}

TEST_F(TargetTest, ErrorsListTheKnownNames) {
  const std::string expected =
      "(expected one of host, x86-64-avx512, x86-64-avx2, x86-64-sse41, "
      "arm-64-neon-inorder, arm-64-neon-fp16, arm-64-neon, cuda-sm90, cuda-sm86, cuda-sm80, "
      "cuda-sm75)";
  EXPECT_EQ(error_of([] { find_target("sparc"); }), "target: \"sparc\" " + expected);
  setenv("CONVFORGE_TARGET", "sparc", 1);
  EXPECT_TRUE(contains(error_of([] { host_target(); }), expected));
}

} // namespace
} // namespace convforge
