// What the instructions of a kernel need of a CPU: of code written here, and of kernels of 8-bit integers,
// which Halide compiles with more features than VNNI.
#include "artefact/kernel_description.hpp"
#include "base/error.hpp"
#include "compiler/compile.hpp"
#include "compiler/needed_features.hpp"
#include "compiler/reassemble.hpp"
#include "convforge/convforge.h"
#include "error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace convforge {
namespace {

constexpr std::uint32_t avx512 = CONVFORGE_CPU_SSE41 | CONVFORGE_CPU_AVX2 | CONVFORGE_CPU_AVX512,
                        vnni = avx512 | CONVFORGE_CPU_AVX512_VNNI,
                        icelake = vnni | CONVFORGE_CPU_AVX512_ICELAKE;

using Code = std::vector<std::uint8_t>;

// Assembled by llvm-mc.
const Code vpaddd_zmm = {0x62, 0xf1, 0x6d, 0x48, 0xfe, 0xd9};        // vpaddd zmm3, zmm2, zmm1
const Code vpdpbusd_zmm = {0x62, 0xf2, 0x6d, 0x48, 0x50, 0xd9};      // vpdpbusd zmm3, zmm2, zmm1
const Code vpdpbusd_evex_ymm = {0x62, 0xf2, 0x6d, 0x28, 0x50, 0xd9}; // vpdpbusd ymm3, ymm2, ymm1
const Code vpdpbusd_vex_ymm = {0xc4, 0xe2, 0x6d, 0x50, 0xd9};        // {vex} vpdpbusd ymm3, ymm2, ymm1
const Code vpermt2b = {0x62, 0xf2, 0x6d, 0x48, 0x7d, 0xd9};          // vpermt2b zmm3, zmm2, zmm1
const Code vpmadd52luq = {0x62, 0xf2, 0xed, 0x48, 0xb4, 0xd9};       // vpmadd52luq zmm3, zmm2, zmm1
const Code insertq = {0xf2, 0x0f, 0x78, 0xc1, 0x08, 0x10};           // insertq xmm0, xmm1, 8, 16
const Code vgf2p8mulb = {0x62, 0xf2, 0x6d, 0x48, 0xcf, 0xd9};        // vgf2p8mulb zmm3, zmm2, zmm1
const Code vaddph = {0x62, 0xf5, 0x6c, 0x48, 0x58, 0xd9};            // vaddph zmm3, zmm2, zmm1
const Code vcvtph2ps = {0x62, 0xf2, 0x7d, 0x48, 0x13, 0xd9};         // vcvtph2ps zmm3, ymm1
/// What is printed in other ways than most: shlx edx, ecx, eax; rep movsb; lea rax, [rip]; jne back; call; a
/// long nop; vzeroupper; ret.
const Code plain = {0xc4, 0xe2, 0x79, 0xf7, 0xd1, 0xf3, 0xa4, 0x48, 0x8d, 0x05, 0x00, 0x00,
                    0x00, 0x00, 0x75, 0xf0, 0xe8, 0x00, 0x00, 0x00, 0x00, 0x66, 0x66, 0x2e,
                    0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00, 0xc5, 0xf8, 0x77, 0xc3};

std::uint32_t needs(std::initializer_list<Code> parts) {
  Code code;
  for (const Code &part : parts)
    code.insert(code.end(), part.begin(), part.end());
  return needed_x86_features(code);
}

TEST(NeededFeatures, AreThoseOfTheMostDemandingInstruction) {
  EXPECT_EQ(needs({}), avx512);
  EXPECT_EQ(needs({plain}), avx512);
  EXPECT_EQ(needs({vpaddd_zmm, vcvtph2ps, plain}), avx512);
  EXPECT_EQ(needs({vpdpbusd_zmm}), vnni);
  EXPECT_EQ(needs({vpaddd_zmm, vpdpbusd_evex_ymm, plain}), vnni);
  EXPECT_EQ(needs({vpermt2b}), icelake);
  EXPECT_EQ(needs({vpmadd52luq, vpdpbusd_zmm}), icelake);
  EXPECT_EQ(needs({plain, vpdpbusd_zmm, vpermt2b, vpdpbusd_zmm, plain}), icelake);
}

TEST(NeededFeatures, RefusesWhatNoBitPromises) {
  const struct {
    Code code;
    const char *instruction, *feature;
  } cases[] = {{insertq, "insertq xmm0, xmm1, 8, 16", "SSE4A"},
               {vgf2p8mulb, "vgf2p8mulb zmm3, zmm2, zmm1", "GFNI"},
               {vaddph, "vaddph zmm3, zmm2, zmm1", "AVX512_FP16"},
               {vpdpbusd_vex_ymm, "{vex} vpdpbusd ymm3, ymm2, ymm1", "AVX512_VNNI without AVX-512"}};
  for (const auto &one : cases) {
    const std::string said = error_of([&] { needs({plain, vpdpbusd_zmm, one.code, plain}); });
    EXPECT_THAT(said, testing::HasSubstr(std::string("\"") + one.instruction + "\" needs " + one.feature));
    EXPECT_THAT(said, testing::HasSubstr("this is a defect of ConvForge: report the problem"));
  }
  EXPECT_THAT(error_of([] { needs({vpdpbusd_zmm, {0x62, 0xf1}}); }), testing::HasSubstr("byte 0x6 "));
}

TEST(NeededFeatures, AreInTheKernelsDescriptor) {
  const Target &target = find_target("x86-64-avx512-vnni");
  const Artefact artefact =
      compile(Problem::parse("ic64ih14oc64kh3ph1", {.dtype = "u8:s8:u8"}), target, "kernel");
  EXPECT_EQ(artefact.cpu_features(), vnni);
  EXPECT_EQ(KernelDescription(artefact).materialise(nullptr).cpu_features, vnni);
  // Other targets' are their rows', whatever is used.
  const Artefact other = compile(Problem::parse("ic8ih4oc8kh1"), find_target("x86-64-avx512"), "kernel");
  EXPECT_EQ(other.cpu_features(), avx512);
}

TEST(PromisedInstructions, DoTheSame) {
  EXPECT_EQ(with_promised_instructions("f:\n"
                                       "\t{vex}\tvpdpbusd\t(%rax){1to8}, %ymm2, %ymm3\n"
                                       "\tvpdpbusd\t%zmm1, %zmm2, %zmm3\n"
                                       "\tvmovw\t-12(%rdx,%rsi), %xmm20  # xmm20 = mem[0],zero\n"
                                       "\tvmovw\t%eax, %xmm1\n"
                                       "\tvmovsh\t%xmm2, %xmm0, %xmm23\n"
                                       "\tvmovsh\t%xmm2, %xmm0, %xmm3 {%k1}\n"
                                       "\tvmovw\t%xmm1, 4(%rdx,%rsi)\n"
                                       "\tretq"),
            "f:\n"
            "\t{evex}\tvpdpbusd\t(%rax){1to8}, %ymm2, %ymm3\n"
            "\tvpdpbusd\t%zmm1, %zmm2, %zmm3\n"
            "\tvpxord\t%xmm20, %xmm20, %xmm20\n"
            "\tvpinsrw\t$0, -12(%rdx,%rsi), %xmm20, %xmm20\n"
            "\tvpxord\t%xmm1, %xmm1, %xmm1\n"
            "\tvpinsrw\t$0, %eax, %xmm1, %xmm1\n"
            "\tvpalignr\t$2, %xmm0, %xmm2, %xmm23\n"
            "\tvpalignr\t$14, %xmm23, %xmm23, %xmm23\n"
            "\tvmovsh\t%xmm2, %xmm0, %xmm3 {%k1}\n"
            "\tvpextrw\t$0, %xmm1, 4(%rdx,%rsi)\n"
            "\tretq\n");
}

TEST(Assemble, SaysWhichLineIsRefused) {
  EXPECT_THAT(error_of([] { assemble("\tvpdpbusd\t%zmm1, %zmm2\n"); }), testing::HasSubstr("vpdpbusd"));
}

struct Case {
  const char *descriptor;
  ProblemText how;
};
const Case cases[] = {
    {"ic64ih14oc64kh1", {.epilogue = "bias,relu", .dtype = "u8:s8:u8"}},
    {"ic64ih14oc256kh1", {.epilogue = "bias,relu", .dtype = "u8:s8:u8", .zero_points = "128:3"}},
    {"ic256ih7oc512oh7kh1", {.epilogue = "bias", .dtype = "s8:s8:s8", .zero_points = "5:-7"}},
    {"ic17ih9oc23kh1", {.epilogue = "bias", .dtype = "u8:s8:u8", .zero_points = "1:2"}},
    {"ic256ih14oc512oh7kh1sh2", {.epilogue = "bias", .dtype = "u8:s8:u8"}},
    {"ic3ih224oc64oh112kh7sh2ph3", {.epilogue = "bias,relu", .dtype = "u8:s8:u8", .zero_points = "114:0"}},
    {"ic3ih32oc32oh16kh3sh2ph1", {.epilogue = "bias,relu6", .dtype = "s8:s8:s8", .output_scale = "0.05"}},
    {"ic64ih56oc64oh56kh3ph1", {.epilogue = "bias,relu", .dtype = "u8:s8:u8"}},
    {"ic128ih28oc128oh14kh3sh2ph1", {.epilogue = "bias,relu", .dtype = "u8:s8:u8", .zero_points = "3:0"}},
    {"ic512ih7oc512oh7kh3ph1", {.epilogue = "bias", .dtype = "s8:s8:s8", .zero_points = "-128:-128"}},
    {"ic17ih13oc23kh3ph1", {.epilogue = "bias", .dtype = "s8:s8:s8", .rounding = "tflite"}},
    {"ic17ih13oc23kh3ph1", {.epilogue = "bias", .dtype = "s8:s8:s8", .rounding = "tflite_single"}},
    {"ic64ih14oc64kh3ph1",
     {.epilogue = "bias", .dtype = "s8:s8:s8", .zero_points = "9:1", .rounding = "tflite"}},
    {"ic64ih14oc64kh1", {.epilogue = "bias,relu", .dtype = "u8:s8:u8", .rounding = "tflite_single"}},
    {"ic64ih14oc64kh1", {.epilogue = "bias,residual:0.7:5,relu", .dtype = "u8:s8:u8"}},
    {"ic64ih14oc64kh3ph1", {.epilogue = "bias,residual:0.7:-5", .dtype = "s8:s8:s8"}},
    {"ic64ih14oc64kh1", {.dtype = "u8:s8:s32"}},
    {"ic64ih14oc64kh3ph1", {.epilogue = "bias", .dtype = "s8:s8:s32", .zero_points = "7:0"}},
    {"ic64ih14oc64kh3ph1", {.epilogue = "bias", .dtype = "u8:s8:f32"}},
    {"ic24ih20oc10kh3dh1ph1", {.epilogue = "bias", .dtype = "u8:s8:u8"}},
    {"g4ic64ih14oc64kh3ph1", {.epilogue = "bias", .dtype = "u8:s8:u8"}},
    {"g8ic24ih14oc40kh3ph1", {.epilogue = "bias", .dtype = "s8:s8:s8"}},
    {"mb2ic32ih10iw20oc48kh5kw3ph2pw1", {.epilogue = "bias,relu", .dtype = "u8:s8:u8"}},
    {"ic64ih14oc64kh3ph1",
     {.epilogue = "bias", .dtype = "u8:s8:u8", .strides = "12544x1x1120x80::12544x1x1120x80"}},
    // Vectors of up to 256 bits, which LLVM encodes as AVX-VNNI's, and bytes that it brings by FP16's vmovw
    {"ic3ih8oc6oh8kh3ph1", {.epilogue = "bias", .dtype = "s8:s8:f32"}},
    {"ic33ih9oc1oh5kh3ph1sh2", {.epilogue = "bias", .dtype = "u8:s8:u8", .zero_points = "3:0"}},
    {"ic64ih14oc8kh1", {.dtype = "u8:s8:s32"}},
    {"ic20ih4oc4oh4kh3ph1", {.epilogue = "bias", .dtype = "s8:s8:s8", .rounding = "tflite"}},
    {"ic16ih7oc3oh4kh1sh2", {.epilogue = "bias", .layout = "nchw", .dtype = "s8:s8:f32"}},
    {"ic64ih7oc33oh7kh3ph1", {.epilogue = "bias", .layout = "nchw", .dtype = "u8:s8:u8"}},
    {"g3ic3ih13oc3oh13kh5ph2", {.epilogue = "bias", .layout = "nchw", .dtype = "s8:s8:s8"}},
    {"g5ic5ih4oc5oh4kh3ph1",
     {.epilogue = "bias", .layout = "nchw", .dtype = "u8:s8:u8", .zero_points = "3:0"}},
    {"g7ic7ih9oc7oh9kh3ph1", {.epilogue = "bias", .dtype = "u8:s8:u8", .zero_points = "3:0"}},
    {"ic5ih9oc8kh5ph2", {.epilogue = "bias", .dtype = "u8:s8:s32"}},
    // Depthwise
    {"g32ic32ih28oc32oh28kh3ph1", {.epilogue = "bias,relu", .dtype = "u8:s8:u8"}},
    {"g96ic96ih28oc96oh14kh3sh2ph1", {.epilogue = "bias", .dtype = "s8:s8:s8", .zero_points = "5:3"}},
    {"g64ic64ih14oc64oh14kh5ph2", {.epilogue = "bias", .dtype = "u8:s8:u8", .zero_points = "128:3"}},
    {"g20ic20ih14oc20oh14kh3ph1", {.epilogue = "bias", .dtype = "s8:s8:s8", .rounding = "tflite"}},
    {"g64ic64ih14oc64oh14kh3ph1", {.dtype = "u8:s8:s32"}},
    // NCHW
    {"ic64ih14oc64kh1", {.epilogue = "bias,relu", .layout = "nchw", .dtype = "u8:s8:u8"}},
    {"ic64ih14oc64kh3ph1", {.epilogue = "bias", .layout = "nchw", .dtype = "u8:s8:u8", .zero_points = "3:4"}},
    {"ic3ih32oc32oh16kh3sh2ph1", {.epilogue = "bias", .layout = "nchw", .dtype = "s8:s8:s8"}},
    {"ic17ih13oc23kh3ph1", {.epilogue = "bias", .layout = "nchw", .dtype = "s8:s8:s8", .rounding = "tflite"}},
    {"ic64ih14oc64kh3ph1", {.layout = "nchw", .dtype = "u8:s8:s32"}},
    {"g32ic32ih28oc32oh28kh3ph1", {.epilogue = "bias", .layout = "nchw", .dtype = "s8:s8:s8"}},
    {"g32ic32ih28oc32oh14kh3sh2ph1", {.epilogue = "bias", .layout = "nchw", .dtype = "u8:s8:u8"}},
    // Three dimensions
    {"ic16id8ih12oc32kd3kh3pd1ph1", {.epilogue = "bias,relu", .dtype = "u8:s8:u8"}},
    {"ic16id8ih12oc32kd3kh3pd1ph1", {.epilogue = "bias", .layout = "nchw", .dtype = "s8:s8:s8"}},
    {"g32ic32id6ih12oc32kd3kh3pd1ph1", {.epilogue = "bias", .dtype = "s8:s8:s8", .zero_points = "1:1"}},
};

/// None needs what no bit promises: compile() would throw. 14 of the 49 need Ice Lake's (vpermt2b, vpermb,
/// which put bytes in another order): depthwise, and those that store 8 bits in NCHW.
TEST(NeededFeatures, OfKernelsOf8BitIntegersAreVnniOrIceLakes) {
  const Target &target = find_target("x86-64-avx512-vnni");
  int of_icelake = 0;
  for (const Case &one : cases) {
    const Problem problem = Problem::parse(one.descriptor, one.how);
    SCOPED_TRACE(problem.canonical());
    const Artefact artefact = compile(problem, target, "kernel");
    EXPECT_THAT(artefact.cpu_features(), testing::AnyOf(vnni, icelake));
    of_icelake += artefact.cpu_features() == icelake;
  }
  RecordProperty("kernels", static_cast<int>(std::size(cases)));
  RecordProperty("kernels_that_need_ice_lakes", of_icelake);
}

} // namespace
} // namespace convforge
