// How evenly plans' tasks share out between threads.
#include "planner/planner.hpp"
#include "planner/sharing.hpp"
#include "target/target.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

Problem layer(const char *descriptor) {
  return Problem::parse(descriptor);
}

TEST(Sharing, OfEqualTasks) {
  EXPECT_EQ(imbalance(1), 2);
  EXPECT_EQ(imbalance(2), 1);
  EXPECT_EQ(imbalance(7), 8.0 / 7);
  EXPECT_EQ(imbalance(16), 1);
}

TEST(Sharing, OneTaskThatNobodySharesCostsNothing) {
  const Problem small = layer("mb1ic3ih4oc4oh4kh3ph1");
  const Plan plan = make_plan(small, find_target("x86-64-avx2"));
  ASSERT_EQ(plan.parallel, ParallelAxis::none);
  EXPECT_EQ(sharing_factor(plan, small), 1);
}

TEST(Sharing, OfWinogradsRowsOfTilesAndBlocks) {
  const Problem problem = layer("mb1ic64ih56oc64oh56kh3ph1");
  Plan plan = empty_plan(Algorithm::winograd);
  plan.winograd().outputs_h = plan.winograd().outputs_w = 4; // 14 rows of tiles
  plan.regions = {{.channels = 64, .block = 16, .lanes = 16, .tile_w = 14, .tile_h = 1}};
  plan.parallel = ParallelAxis::pixels;
  plan.winograd().rows_per_task = 1;
  plan.columns_per_task = 56;
  EXPECT_EQ(imbalance(plan, problem), 1);
  plan.winograd().rows_per_task = 2;
  EXPECT_EQ(imbalance(plan, problem), 8.0 / 7);
  EXPECT_NEAR(sharing_factor(plan, problem), 1 + 0.2 / 7, 1e-12);
  EXPECT_NEAR(measured_sharing_factor(plan, problem), 1 + 0.2 / 7 + 0.02, 1e-12); // at most 1.75 times
  plan.parallel = ParallelAxis::channels;
  EXPECT_EQ(imbalance(plan, problem), 1);
  EXPECT_EQ(measured_sharing_factor(plan, problem), 1);
}

TEST(Sharing, MeasuredTimesPayOnlyWhereTwoThreadsStayBelow18) {
  const Problem problem = layer("mb1ic64ih36oc64oh36kh3ph1");
  Plan plan;
  plan.regions = {{.channels = 64, .block = 32, .lanes = 16, .tile_w = 12, .tile_h = 1}};
  plan.parallel = ParallelAxis::pixels;
  plan.columns_per_task = 36;
  for (const auto &[rows, price] :
       {std::pair(4, 0.0), {5, 0.0}, {6, 0.0}, {8, 0.02}, {12, 0.02}}) { // 9, 8, 6, 5, 3 tasks
    plan.rows_per_task = rows;
    EXPECT_NEAR(measured_sharing_factor(plan, problem) - sharing_factor(plan, problem), price, 1e-12) << rows;
  }
}

TEST(Sharing, OfDirectRegionsByTheirChannels) {
  const Problem problem = layer("mb1ic64ih8oc64oh8kh3ph1");
  Plan plan;
  plan.regions = {{.channels = 48, .block = 16, .lanes = 16, .tile_w = 8, .tile_h = 1},
                  {.first_channel = 48, .channels = 16, .block = 16, .lanes = 16, .tile_w = 8, .tile_h = 1}};
  plan.parallel = ParallelAxis::channels;
  EXPECT_EQ(imbalance(plan, problem), (48 * 4.0 / 3 + 16 * 2) / 64);
  plan.parallel = ParallelAxis::pixels;
  plan.columns_per_task = 8;
  plan.rows_per_task = 3;
  EXPECT_EQ(imbalance(plan, problem), 4.0 / 3);
}

TEST(Sharing, OfDepthwiseChunks) {
  const Problem problem = layer("g64mb1ic64ih56oc64oh56kh3ph1");
  Plan plan = empty_plan(Algorithm::depthwise);
  plan.regions = {{.channels = 64, .block = 16, .lanes = 16, .tile_w = 14, .tile_h = 1}};
  plan.parallel = ParallelAxis::pixels;
  plan.rows_per_task = plan.columns_per_task = 56;
  plan.depthwise().blocks_per_chunk = 4;
  EXPECT_EQ(imbalance(plan, problem), 2);
  plan.depthwise().blocks_per_chunk = 1;
  EXPECT_EQ(imbalance(plan, problem), 1);
}

} // namespace
} // namespace convforge
