// The choice of a variant, with forged variants and a forged environment; and CPUs that are not here.
#include "convforge/convforge.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

extern "C" { // private headers of the runtime are C
#include "cpu.h"
}

namespace {

constexpr std::uint32_t impossible = 1u << 20;

class Choose : public testing::Test {
protected:
  convforge_kernel best{}, middle{}, plain{};
  std::vector<const convforge_kernel *> variants{&best, &middle, &plain};
  convforge_choice choice{};

  void SetUp() override {
    unsetenv("CONVFORGE_TARGET");
    unsetenv("CONVFORGE_VERBOSE");
    const char *targets[] = {"x86-64-avx512", "x86-64-avx2", "x86-64-sse41"};
    convforge_kernel *kernels[] = {&best, &middle, &plain};
    for (int i = 0; i < 3; ++i) {
      kernels[i]->abi_version = CONVFORGE_ABI_VERSION;
      kernels[i]->name = "conv1";
      kernels[i]->target = targets[i];
    }
  }
  void TearDown() override { SetUp(); }

  /// Chooses; returns what was printed to stderr.
  std::string choose() {
    testing::internal::CaptureStderr();
    convforge_choose(variants.data(), static_cast<int>(variants.size()), &choice);
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(Choose, TheFirstThatRuns) {
  EXPECT_EQ(choose(), "");
  EXPECT_EQ(choice.kernel, &best);
  EXPECT_STREQ(choice.reason, "x86-64-avx512: the best of 3 variants");
}

TEST_F(Choose, AFallbackSaysWhatTheCpuLacks) {
  best.cpu_features = impossible;
  EXPECT_EQ(choose(), "");
  EXPECT_EQ(choice.kernel, &middle);
  EXPECT_NE(std::string(choice.reason).find("x86-64-avx512 needs a feature"), std::string::npos)
      << choice.reason;
  middle.cpu_features = impossible;
  choose();
  EXPECT_EQ(choice.kernel, &plain);
}

TEST_F(Choose, NoneRuns) {
  best.cpu_features = middle.cpu_features = plain.cpu_features = impossible;
  const std::string printed = choose();
  EXPECT_EQ(choice.kernel, nullptr);
  EXPECT_NE(std::string(choice.reason).find("no variant runs here: x86-64-sse41 needs"), std::string::npos);
  EXPECT_NE(printed.find(choice.reason), std::string::npos);
}

TEST_F(Choose, TheEnvironmentForcesOne) {
  setenv("CONVFORGE_TARGET", "x86-64-sse41", 1);
  EXPECT_EQ(choose(), "");
  EXPECT_EQ(choice.kernel, &plain);
  EXPECT_STREQ(choice.reason, "x86-64-sse41: forced by CONVFORGE_TARGET");
  setenv("CONVFORGE_TARGET", "", 1);
  choose();
  EXPECT_EQ(choice.kernel, &best);
}

TEST_F(Choose, AForcedImpossibleOneIsAnErrorThatNamesWhatIsMissing) {
  best.cpu_features = impossible;
  setenv("CONVFORGE_TARGET", "x86-64-avx512", 1);
  const std::string printed = choose();
  EXPECT_EQ(choice.kernel, nullptr);
  EXPECT_NE(
      std::string(choice.reason).find("CONVFORGE_TARGET=x86-64-avx512: this CPU or its OS lacks a feature"),
      std::string::npos)
      << choice.reason;
  EXPECT_EQ(printed, std::string("convforge: conv1: ") + choice.reason + "\n");
}

TEST_F(Choose, EachKnownFeatureHasItsName) {
  const struct {
    std::uint32_t bit;
    const char *name;
  } features[] = {{CONVFORGE_CPU_SSE41, "SSE4.1"},
                  {CONVFORGE_CPU_AVX2, "AVX2"},
                  {CONVFORGE_CPU_AVX512, "AVX-512"},
                  {CONVFORGE_CPU_NEON, "AArch64 Advanced SIMD"}};
  for (const auto &feature : features) {
    best.cpu_features = feature.bit;
    choose();
    const bool here = (convforge_cpu_features() & feature.bit) != 0;
    EXPECT_EQ(choice.kernel, here ? &best : &middle);
    const std::string reason = choice.reason;
    EXPECT_EQ(reason.find("lacks") == std::string::npos, here) << reason;
    EXPECT_EQ(reason.find(feature.name) == std::string::npos, here) << reason;
  }
}

TEST(FeatureNames, AreCutAndCountedAsSnprintfDoes) {
  const std::string whole =
      "SSE4.1; AVX-512 F, BW, CD, DQ and VL; a feature that this version of ConvForge does "
      "not know (bits 0x80)";
  const std::uint32_t bits = CONVFORGE_CPU_AVX512 | CONVFORGE_CPU_SSE41 | 1u << 7;
  EXPECT_EQ(convforge_feature_names(bits, nullptr, 0), whole.size());
  for (std::size_t size = 1; size <= whole.size() + 1; ++size) {
    std::string text(size + 1, '#');
    EXPECT_EQ(convforge_feature_names(bits, text.data(), size), whole.size());
    EXPECT_EQ(text.c_str(), whole.substr(0, size - 1));
    EXPECT_EQ(text[size], '#') << "written past " << size;
  }
  char none[] = "#";
  EXPECT_EQ(convforge_feature_names(0, none, sizeof none), 0u);
  EXPECT_STREQ(none, "");
}

TEST_F(Choose, TuningIsAPreferenceAndNoNeed) {
  ASSERT_EQ(convforge_cpu_tuning() & CONVFORGE_CPU_TUNING, convforge_cpu_tuning());
  const std::uint32_t other = CONVFORGE_CPU_TUNING & ~convforge_cpu_tuning() & ~CONVFORGE_CPU_ARM_IN_ORDER;
  best.cpu_features = other;
  choose();
  EXPECT_EQ(choice.kernel, &middle) << "not the one for other cores";
  EXPECT_EQ(std::string(choice.reason).find("lacks"), std::string::npos) << choice.reason;
  middle.cpu_features = plain.cpu_features = impossible;
  choose();
  EXPECT_EQ(choice.kernel, &best) << "it runs all the same";
  EXPECT_NE(std::string(choice.reason).find("tuned for other cores"), std::string::npos) << choice.reason;
  setenv("CONVFORGE_TARGET", "x86-64-avx512", 1);
  choose();
  EXPECT_EQ(choice.kernel, &best);
}

TEST_F(Choose, AForcedUnknownOneIsAnErrorThatListsTheKnown) {
  setenv("CONVFORGE_TARGET", "arm-64-neon", 1);
  const std::string printed = choose();
  EXPECT_EQ(choice.kernel, nullptr);
  EXPECT_STREQ(choice.reason, "CONVFORGE_TARGET=arm-64-neon: no such variant (expected one of: "
                              "x86-64-avx512, x86-64-avx2, x86-64-sse41)");
  EXPECT_NE(printed.find(choice.reason), std::string::npos);
}

TEST_F(Choose, LongNamesAreCutNotOverrun) {
  const std::string name(1000, 'x');
  setenv("CONVFORGE_TARGET", name.c_str(), 1);
  choose();
  EXPECT_EQ(choice.kernel, nullptr);
  EXPECT_LT(std::string(choice.reason).size(), sizeof choice.reason);
  EXPECT_NE(std::string(choice.reason).find("x86-64-avx2"), std::string::npos);
}

TEST_F(Choose, VerbosePrintsOneLine) {
  setenv("CONVFORGE_VERBOSE", "1", 1);
  EXPECT_EQ(choose(), "convforge: conv1: x86-64-avx512: the best of 3 variants\n");
  setenv("CONVFORGE_VERBOSE", "0", 1);
  EXPECT_EQ(choose(), "");
}

TEST_F(Choose, NothingToChooseFrom) {
  variants.clear();
  choose();
  EXPECT_EQ(choice.kernel, nullptr);
  EXPECT_STREQ(choice.reason, "no variants to choose from");
}

TEST_F(Choose, AnotherAbiIsLeftToTheCallToRefuse) {
  best.abi_version = CONVFORGE_ABI_VERSION + 1;
  best.target = best.name = nullptr; // may lie anywhere in another version
  choose();
  EXPECT_EQ(choice.kernel, &best);
  EXPECT_NE(std::string(choice.reason).find("version " + std::to_string(CONVFORGE_ABI_VERSION)),
            std::string::npos)
      << choice.reason;
}

TEST(Cpu, FeaturesNeedTheCpuAndTheOs) {
  const std::uint32_t sse41 = 1u << 19, avx2_leaf1 = 1u << 28 | 1u << 12 | 1u << 29, avx2_leaf7 = 1u << 5;
  const std::uint32_t avx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
  const auto features = [](std::uint32_t leaf1, std::uint32_t leaf7, std::uint64_t xcr0) {
    const convforge_cpuid cpu{.leaf1_ecx = leaf1, .leaf7_ebx = leaf7, .leaf7_ecx = 0, .xcr0 = xcr0};
    return convforge_features_of(&cpu);
  };
  const std::uint32_t all = CONVFORGE_CPU_SSE41 | CONVFORGE_CPU_AVX2 | CONVFORGE_CPU_AVX512;
  EXPECT_EQ(features(sse41 | avx2_leaf1, avx2_leaf7 | avx512, 0xe7), all);
  EXPECT_EQ(features(sse41 | avx2_leaf1, avx2_leaf7 | avx512, 0x07), all & ~CONVFORGE_CPU_AVX512)
      << "no ZMM state";
  EXPECT_EQ(features(sse41 | avx2_leaf1, avx2_leaf7 | avx512, 0x03), CONVFORGE_CPU_SSE41) << "no YMM state";
  EXPECT_EQ(features(sse41 | avx2_leaf1, avx2_leaf7 | avx512, 0), CONVFORGE_CPU_SSE41) << "no XSAVE";
  EXPECT_EQ(features(avx2_leaf1, avx2_leaf7, 0xe7), CONVFORGE_CPU_AVX2);
  const std::uint32_t vnni = 1u << 11, icelake = 1u << 1 | 1u << 6 | 1u << 12 | 1u << 14, ifma = 1u << 21;
  const auto beside = [&](std::uint32_t leaf7, std::uint32_t leaf7_ecx) {
    const convforge_cpuid cpu{
        .leaf1_ecx = sse41 | avx2_leaf1, .leaf7_ebx = leaf7, .leaf7_ecx = leaf7_ecx, .xcr0 = 0xe7};
    return convforge_features_of(&cpu);
  };
  EXPECT_EQ(beside(avx2_leaf7 | avx512, vnni), all | CONVFORGE_CPU_AVX512_VNNI);
  EXPECT_EQ(beside(avx2_leaf7 | avx512 | ifma, vnni | icelake),
            all | CONVFORGE_CPU_AVX512_VNNI | CONVFORGE_CPU_AVX512_ICELAKE);
  EXPECT_EQ(beside(avx2_leaf7 | avx512 | ifma, vnni | (icelake & ~(1u << 6))),
            all | CONVFORGE_CPU_AVX512_VNNI);
  EXPECT_EQ(beside(avx2_leaf7, vnni), CONVFORGE_CPU_SSE41 | CONVFORGE_CPU_AVX2) << "no AVX-512";
  for (const std::uint32_t bit : {1u << 28, 1u << 12, 1u << 29}) // AVX, FMA, F16C
    EXPECT_EQ(features(sse41 | (avx2_leaf1 & ~bit), avx2_leaf7 | avx512, 0xe7), CONVFORGE_CPU_SSE41);
  for (const std::uint32_t bit : {1u << 16, 1u << 17, 1u << 28, 1u << 30, 1u << 31}) // F, DQ, CD, BW, VL
    EXPECT_EQ(features(sse41 | avx2_leaf1, avx2_leaf7 | (avx512 & ~bit), 0xe7), all & ~CONVFORGE_CPU_AVX512);
}

TEST(Cpu, SmallArmCoresAreInOrder) {
  EXPECT_TRUE(convforge_in_order_core(0x410fd034));  // Cortex-A53 r0p4
  EXPECT_TRUE(convforge_in_order_core(0x412fd050));  // Cortex-A55 r2p0
  EXPECT_TRUE(convforge_in_order_core(0x411fd461));  // Cortex-A510 r1p1
  EXPECT_TRUE(convforge_in_order_core(0x517f803c));  // Kryo 385 Silver
  EXPECT_FALSE(convforge_in_order_core(0x414fd0b1)); // Cortex-A76 r4p1
  EXPECT_FALSE(convforge_in_order_core(0x413fd0c1)); // Neoverse N1 r3p1
  EXPECT_FALSE(convforge_in_order_core(0x611f0221)); // Apple M1, Icestorm
  EXPECT_FALSE(convforge_in_order_core(0x510fd034)); // Arm's part number under another implementer
  EXPECT_FALSE(convforge_in_order_core(0));
}

TEST(Cpu, ThisOne) {
  EXPECT_EQ(convforge_cpu_features(), convforge_cpu_features());
#if defined(__x86_64__)
  EXPECT_EQ((convforge_cpu_features() & CONVFORGE_CPU_SSE41) != 0, __builtin_cpu_supports("sse4.1") != 0);
  EXPECT_EQ((convforge_cpu_features() & CONVFORGE_CPU_AVX2) != 0,
            __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
  EXPECT_EQ((convforge_cpu_features() & CONVFORGE_CPU_AVX512) != 0,
            __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512cd"));
#elif defined(__aarch64__)
  EXPECT_EQ(convforge_cpu_features(), CONVFORGE_CPU_NEON);
#else
  EXPECT_EQ(convforge_cpu_features(), 0u);
#endif
}

} // namespace
