// What passes beyond L2, as it was raced on Emerald Rapids: docs/performance-machines.md.
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/depthwise/depthwise_rows.hpp"
#include "planner/depthwise/depthwise_stream.hpp"
#include "planner/planner.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

/// The model's choice, not a tuned one: those are asked for by no algorithm.
Plan chosen(const char *descriptor, const char *algorithm = "auto") {
  const Target &target = find_target("x86-64-avx512");
  const Problem problem = Problem::parse(descriptor);
  if (std::string_view(algorithm) != "auto")
    return make_plan(problem, target, {.machine = find_machine("emeraldrapids")}, algorithm);
  return candidates(problem, target, find_machine("emeraldrapids")).front().plan;
}

TEST(Streams, DepthwiseReadsWholePixelsInTilesOfFewColumns) {
  for (const char *descriptor : {"g96ic96ih112oc96oh56kh3sh2ph1", "g144ic144ih56oc144kh3ph1",
                                 "g32ic32ih320oc32oh160kh5sh2ph2", "mb64g256ic256ih7oc256kh3ph1"}) {
    const Plan plan = chosen(descriptor, "depthwise");
    const Region &region = plan.regions.front();
    EXPECT_EQ(plan.depthwise().blocks_per_chunk, region.blocks()) << descriptor;
    EXPECT_LE(columns_read(Problem::parse(descriptor).width(), region.tile_w), 11) << descriptor;
  }
}

TEST(Streams, DepthwiseInL2KeepsItsRowsInL1) {
  const Plan plan = chosen("g960ic960ih7oc960kh3ph1", "depthwise");
  EXPECT_LT(plan.depthwise().blocks_per_chunk, plan.regions.front().blocks());
}

TEST(Streams, DepthwiseBeyondL3PassesInBandsOfNarrowTiles) {
  for (const char *descriptor : {"g64ic64ih512oc64kh3ph1", "mb16g144ic144ih56oc144kh3ph1",
                                 "g32ic32ih512oc32kh3sh2ph1", "g16ic16ih640oc16kh5ph2"}) {
    const Problem problem = Problem::parse(descriptor);
    const Plan plan = candidates(problem, find_target("x86-64-avx512"), find_machine("zen4")).front().plan;
    ASSERT_EQ(plan.algorithm, Algorithm::depthwise) << descriptor;
    EXPECT_LE(plan.rows_per_task, rows_of_memory) << descriptor;
    EXPECT_LE(columns_read(problem.width(), plan.regions.front().tile_w), columns_of_memory(problem))
        << descriptor;
    EXPECT_EQ(plan.depthwise().blocks_per_chunk, plan.regions.front().blocks()) << descriptor;
  }
}

TEST(Streams, DirectIsNoAnswerToDepthwise) {
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    Problem problem = Problem::parse("g32ic32ih512oc32kh3sh2ph1");
    problem.layout = layout;
    for (const Candidate &candidate : candidates(problem, find_target("x86-64-avx512")))
      EXPECT_EQ(candidate.plan.algorithm, Algorithm::depthwise) << candidate.reason;
    EXPECT_NO_THROW(make_plan(problem, find_target("x86-64-avx512"), {}, "direct"))
        << "where it is asked for";
  }
}

TEST(Streams, TheTunerVariesChunks) {
  Plan plan = chosen("g96ic96ih112oc96oh56kh3sh2ph1", "depthwise");
  const auto sizes = depthwise_family.task_sizes(plan);
  EXPECT_EQ(sizes.back(), &plan.depthwise().blocks_per_chunk);
}

TEST(Streams, OutputsOfWholePixels) {
  EXPECT_EQ(chosen("ic16ih112oc96kh1").regions.front().block, 96);
  EXPECT_EQ(chosen("ic3ih224oc64kh3ph1").regions.front().block, 64);
}

TEST(Streams, OutputsCountAlikeForAllAlgorithms) {
  EXPECT_EQ(chosen("ic1ih256oc16kh3ph1").algorithm, Algorithm::direct);
  EXPECT_EQ(chosen("ic3ih224oc64kh3ph1").algorithm, Algorithm::winograd);
}

TEST(Streams, ElementsThatColumnsOfOneChannelShareTakeRegisters) {
  // 16 channels x 30 pixels spilled 28 times: 124 to 188 us, 32 x 9 70.
  EXPECT_EQ(chosen("ic1ih64iw1000oc32oh32ow500kh3kw3sh2sw2ph1pw1").regions.front().block, 32);
}

} // namespace
} // namespace convforge
