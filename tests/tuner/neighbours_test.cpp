#include "float_targets.hpp"
#include "tuner/neighbours.hpp"

#include "planner/check_plan.hpp"
#include "planner/planner.hpp"

#include <gtest/gtest.h>

using namespace convforge;

TEST(Neighbours, AreOtherPlansThatFit) {
  for (const char *descriptor :
       {"mb1ic64ih56oc64oh56kh3ph1", "mb1ic24ih28oc144oh28kh1", "g32ic32ih14oc32oh14kh3ph1",
        "mb1ic3ih32oc8oh16kh7sh2ph3", "mb1ic1ih1oc1oh1kh1"})
    for (const char *layout : {"nhwc", "nchw"}) {
      Problem problem = Problem::parse(descriptor);
      problem.layout = parse_layout(layout);
      for (const Target &target : targets_of_floats()) {
        const Plan plan = make_plan(problem, target);
        std::vector<Plan> near = neighbours(plan, problem, target);
        for (std::size_t i = 0; i < near.size(); ++i) {
          EXPECT_NO_THROW(check_plan(near[i], problem, target));
          EXPECT_NE(near[i], plan);
          for (std::size_t j = 0; j < i; ++j)
            EXPECT_NE(near[i], near[j]);
        }
        if (problem.multiply_adds() > 1'000'000)
          EXPECT_GE(near.size(), 4u) << descriptor << " " << target.name;
      }
    }
}

// Tasks half as large share out better: the tuner must meet them, in whichever field they are.
TEST(Neighbours, HaveTasksOfOtherSizes) {
  const Problem problem = Problem::parse("mb1ic64ih56oc64oh56kh3ph1");
  const Target &target = find_target("x86-64-avx512");
  for (const char *algorithm : {"winograd", "direct"}) {
    Plan plan = make_plan(problem, target, {}, algorithm);
    plan.parallel = ParallelAxis::pixels;
    if (plan.algorithm == Algorithm::winograd)
      plan.winograd().rows_per_task = 2;
    plan.rows_per_task = plan.algorithm == Algorithm::winograd ? 56 : 8;
    const auto rows = [](const Plan &p) {
      return p.algorithm == Algorithm::winograd ? p.winograd().rows_per_task : p.rows_per_task;
    };
    int smaller = 0, larger = 0;
    for (const Plan &near : neighbours(plan, problem, target)) {
      smaller += rows(near) == rows(plan) / 2;
      larger += rows(near) == rows(plan) * 2;
      EXPECT_TRUE(near.algorithm != Algorithm::winograd || near.rows_per_task == plan.rows_per_task);
    }
    EXPECT_EQ(smaller, 1) << algorithm;
    EXPECT_EQ(larger, 1) << algorithm;
  }
}

// What is compiled are the pieces: 4x4 with stride 2 is four alike.
TEST(Neighbours, OfPiecesChangeThePieces) {
  const Problem problem = Problem::parse("transposed_ic64ih28oc64kh4sh2ph1");
  const Target &target = find_target("x86-64-avx512");
  const Plan plan = make_plan(problem, target);
  ASSERT_EQ(plan.pieces.size(), 4u);
  const std::vector<Plan> near = neighbours(plan, problem, target);
  EXPECT_GE(near.size(), 4u);
  for (const Plan &other : near) {
    EXPECT_NO_THROW(check_plan(other, problem, target));
    EXPECT_NE(other.pieces, plan.pieces);
  }
}
