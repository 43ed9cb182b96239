// GPU artefacts: launches as the plan says, text that depends on nothing else, and the readers of NVIDIA's
// tools.
#include "analysis/gpu/explanation.hpp"
#include "artefact/gpu/emit.hpp"
#include "base/error.hpp"
#include "compiler/gpu/compile.hpp"
#include "compiler/gpu/ptx.hpp"
#include "plan/pointwise.hpp"
#include "planner/gpu/planner.hpp"
#include "planner/gpu/tiles.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

const char *const problems[] = {"ic64ih56oc64kh3ph1",  "ic256ih14oc64kh1",      "ic3ih30oc64kh7sh2ph3",
                                "g4ic16ih8oc32kh3ph1", "g32ic32ih14oc32kh3ph1", "mb3ic32ih9oc100kh3ph1"};

GpuArtefact compiled(const Problem &problem, const char *target = "cuda-sm80") {
  return compile_gpu(problem, make_gpu_plan(problem, find_target(target)), find_target(target), "conv");
}

TEST(GpuArtefact, LaunchesAreThePlans) {
  for (const char *layout : {"nhwc", "nchw"})
    for (const char *descriptor : problems) {
      const Problem problem =
          Problem::parse(descriptor, {.epilogue = "bias,residual,relu", .layout = layout});
      const GpuArtefact artefact = compiled(problem);
      const GpuPlan &plan = artefact.plan;
      const GpuGrid grid = grid_of(shape_of(problem, plan.algorithm), plan);
      ASSERT_EQ(artefact.launches.size(), 1u);
      const GpuLaunch &launch = artefact.launches.front();
      EXPECT_EQ(launch.grid[0], grid.pixels) << descriptor;
      EXPECT_EQ(launch.grid[1], grid.channels) << descriptor;
      EXPECT_EQ(launch.grid[2], grid.rest) << descriptor;
      EXPECT_EQ(launch.block[0] * launch.block[1] * launch.block[2], static_cast<unsigned>(plan.threads()));
      EXPECT_EQ(launch.shared_bytes, static_cast<unsigned>(shared_bytes(problem, plan)))
          << descriptor << layout;
      EXPECT_EQ(launch.views.size(), 5u); // input, weights, bias, residual, output
    }
}

TEST(GpuArtefact, TextDependsOnNothingElse) {
  const Problem problem = Problem::parse("ic64ih14oc64kh3ph1", {.epilogue = "bias,relu"});
  const GpuArtefact first = compiled(problem);
  (void)compiled(Problem::parse("ic32ih14oc64kh1"));
  const GpuArtefact second = compiled(problem);
  EXPECT_EQ(first.ptx, second.ptx);
  EXPECT_EQ(first.launches.front().kernel, "conv_cuda_sm80");
  EXPECT_NE(first.ptx.find(".entry conv_cuda_sm80("), std::string::npos);
  EXPECT_NE(first.ptx.find(".target sm_80"), std::string::npos);
  EXPECT_EQ(first.ptx.find(".ftz"), std::string::npos);
  EXPECT_EQ(emit_cuda_source({&first, 1}), emit_cuda_source({&second, 1}));
}

TEST(GpuArtefact, NewerChipsTakeCapability86) {
  EXPECT_NE(compiled(Problem::parse("ic16ih8oc16kh1"), "cuda-sm90").ptx.find(".target sm_86"),
            std::string::npos);
}

TEST(GpuPlan, ImpossibleAlgorithmsAreRefused) {
  const Problem problem = Problem::parse("ic16ih8oc16kh3ph1");
  for (const char *algorithm : {"pointwise", "depthwise", "winograd"})
    EXPECT_THROW((void)make_gpu_plan(problem, find_target("cuda-sm80"), algorithm), Error) << algorithm;
  EXPECT_EQ(make_gpu_plan(problem, find_target("cuda-sm80"), "direct").algorithm, Algorithm::direct);
}

TEST(Occupancy, FollowsRegistersSharedMemoryAndThreads) {
  const Target &sm80 = find_target("cuda-sm80");
  const Occupancy registers = occupancy_of(sm80, 128, 128, 0);
  EXPECT_EQ(registers.blocks, 4);
  EXPECT_EQ(registers.warps, 16);
  EXPECT_DOUBLE_EQ(registers.share, 0.25);
  EXPECT_EQ(registers.limit, "registers");
  EXPECT_EQ(occupancy_of(sm80, 128, 32, 40 << 10).limit, "shared memory");
  EXPECT_EQ(occupancy_of(sm80, 128, 32, 40 << 10).blocks, 4); // of 164 KB, 41 KB each
  EXPECT_EQ(occupancy_of(sm80, 1024, 16, 0).limit, "threads");
}

TEST(Sass, TheInnermostLoopWithTheMostMultiplyAdds) {
  const SassLoop loop = hot_loop(R"(
.L_x_0:
        /*0000*/                   FFMA R1, R2, R3, R4 ;
.L_x_1:
        /*0010*/                   LDS.128 R4, [R5] ;
        /*0020*/                   FFMA R1, R2.reuse, R3, R4 ;
        /*0030*/                   FFMA R1, R2, R3, R4 ;
        /*0040*/              @!P0 IADD3 R7, R7, 0x1, RZ ;
        /*0050*/               @P0 BRA `(.L_x_1) ;
        /*0060*/               @P1 BRA `(.L_x_0) ;
        /*0070*/                   EXIT ;
.L_x_2:
        /*0080*/                   BRA `(.L_x_2);
)");
  EXPECT_EQ(loop.instructions, 5);
  EXPECT_DOUBLE_EQ(loop.share("FFMA"), 0.4);
  EXPECT_EQ(loop.count.at("IADD3"), 1);
}

TEST(Ptx, EntriesAreRenamed) {
  std::vector<GpuLaunch> launches(1);
  launches[0].kernel = "_kernel_x_7";
  const std::string ptx =
      canonical_ptx("// note\n.entry _kernel_x_7(\n.param .u64 _kernel_x_7_param_0\n)\n{\n"
                    "fma.rn.ftz.f32 a, b, c, d; // x\nret;\n}\n",
                    "conv", launches);
  EXPECT_EQ(ptx, ".entry conv(\n.param .u64 conv_param_0\n)\n{\nfma.rn.f32 a, b, c, d;\nret;\n}\n");
  EXPECT_EQ(launches[0].kernel, "conv");
  launches[0].kernel = "missing";
  EXPECT_THROW((void)canonical_ptx(".entry other(", "conv", launches), Error);
}

TEST(Ptx, SharedMemoryIsRelativeToAnArray) {
  const std::string opening =
      ".visible .entry conv(\n.param .u64 conv_param_0\n)\n{\n\t.reg .b64 \t%rd<9>;\n";
  const std::string none = opening + "\tret;\n}\n";
  EXPECT_EQ(with_shared_base(none, "array"), none);
  EXPECT_EQ(with_shared_base(opening +
                                 "\tst.shared.b32 \t[%rd1+4], %r1;\n"
                                 "\tld.shared.b32 \t%r2, [%rd1];\n" // the same register: the sum is there
                                 "\tld.shared.b32 \t%r3, [%rd11];\n"
                                 "\tadd.s64 \t%rd1, %rd1, 16;\n" // a new value
                                 "\tld.shared.b32 \t%r2, [%rd1];\n"
                                 "\tld.shared.b32 \t%r3, [%rd11];\n"
                                 "$L__BB0_1:\n" // from elsewhere
                                 "\tld.shared.b32 \t%r3, [%rd11+-8];\n"
                                 "\tld.shared.b32 \t%r3, [16];\n"
                                 "\tret;\n}\n",
                             "array"),
            ".extern .shared .align 16 .b8 array[];\n" + opening +
                "\t.reg .b64 \t%shared<5>;\n\tmov.b64 \t%shared0, array;\n"
                "\tadd.s64 \t%shared1, %shared0, %rd1;\n"
                "\tst.shared.b32 \t[%shared1+4], %r1;\n"
                "\tld.shared.b32 \t%r2, [%shared1];\n"
                "\tadd.s64 \t%shared2, %shared0, %rd11;\n"
                "\tld.shared.b32 \t%r3, [%shared2];\n"
                "\tadd.s64 \t%rd1, %rd1, 16;\n"
                "\tadd.s64 \t%shared3, %shared0, %rd1;\n"
                "\tld.shared.b32 \t%r2, [%shared3];\n"
                "\tld.shared.b32 \t%r3, [%shared2];\n"
                "$L__BB0_1:\n"
                "\tadd.s64 \t%shared4, %shared0, %rd11;\n"
                "\tld.shared.b32 \t%r3, [%shared4+-8];\n"
                "\tld.shared.b32 \t%r3, [%shared0+16];\n"
                "\tret;\n}\n");
}

TEST(Ptx, SumsAndProductsRoundByThemselves) {
  std::vector<GpuLaunch> launches(1);
  launches[0].kernel = "conv";
  const std::string ptx =
      canonical_ptx(".entry conv(\n)\n{\nmul.f32 a, b, c;\nadd.f32 a, a, b;\n}\n", "conv", launches);
  EXPECT_NE(ptx.find("mul.rn.f32 a, b, c;\nadd.rn.f32 a, a, b;"), std::string::npos) << ptx;
}

} // namespace
} // namespace convforge
