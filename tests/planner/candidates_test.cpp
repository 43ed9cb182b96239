// The model's order of candidates, from facts that hold whatever its constants are.
#include "kernels/layers.hpp"
#include "planner/candidate.hpp"
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/planner.hpp"
#include "planner/platform.hpp"
#include "planner/tasks.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace convforge {
namespace {

/// What a planner's time grows with, for a gate that no neighbour on the machine disturbs.
constexpr std::size_t most_candidates = 200;

TEST(Candidates, AreSortedDistinctAndNotTooMany) {
  std::vector<Problem> layers = all_layers();
  for (Problem layer : all_layers()) {
    layer.layout = Layout::nchw;
    layers.push_back(layer);
  }
  for (const Problem &layer : layers) {
    for (const Target &target : all_targets()) {
      SCOPED_TRACE(layer.canonical() + " " + std::string(target.name));
      const auto all = candidates(layer, target);
      ASSERT_FALSE(all.empty());
      EXPECT_LE(all.size(), most_candidates);
      EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Candidate::cycles));
      for (std::size_t i = 1; i < all.size(); i++)
        EXPECT_NE(all[i - 1].plan, all[i].plan);
      EXPECT_EQ(make_plan(layer, target), all.front().plan);
    }
  }
}

TEST(Candidates, NeverBeatTheMachine) {
  for (const Problem &layer : all_layers()) {
    for (const Target &target : all_targets()) {
      SCOPED_TRACE(layer.canonical() + " " + std::string(target.name));
      const double taps = inside_share(layer.height()) * inside_share(layer.width());
      const double peak = fma_per_cycle(Platform(target)) * vector_lanes(target);
      for (const Candidate &candidate : candidates(layer, target)) {
        if (candidate.plan.algorithm == Algorithm::winograd)
          continue; // fewer multiply-adds: winograd_plans_test.cpp
        EXPECT_GE(candidate.cycles() * peak, 0.99 * taps * double(layer.multiply_adds()));
      }
    }
  }
}

TEST(Candidates, AForcedAlgorithmTakesItsOwnBest) {
  const Problem problem = Problem::parse("ic64ih56oc64kh1");
  const Target &target = find_target("x86-64-avx2");
  const auto direct = direct_plans(problem, Platform(target));
  const Plan plan = make_plan(problem, target, {}, "direct");
  const auto best = std::ranges::min_element(direct, {}, &Candidate::cycles);
  EXPECT_EQ(plan.regions, best->plan.regions);
  EXPECT_TRUE(pointwise_plans(Problem::parse("ic64ih56oc64kh3ph1"), Platform(target)).empty());
  EXPECT_TRUE(depthwise_plans(problem, Platform(target)).empty());
}

TEST(Candidates, UnrollEachTileByItself) {
  Problem problem = Problem::parse("ic64ih14oc256kh1");
  problem.layout = Layout::nchw;
  const Target &target = find_target("x86-64-avx2");
  for (const Candidate &candidate : direct_plans(problem, Platform(target))) {
    Plan plan = candidate.plan;
    plan.unroll_c = 64;
    choose_unrolling(plan, problem, target);
    EXPECT_EQ(plan.unroll_c, candidate.plan.unroll_c) << candidate.reason;
  }
}

TEST(Candidates, LeaveOutTapsOfDilatedKernelsThatMeetThePadding) {
  const Problem problem =
      Problem::parse("ic256ih33oc256kh3ph24dh23"); // four of nine taps at the corners, three at edges
  for (const char *name : {"x86-64-avx2", "x86-64-avx512"}) {
    const Plan plan = make_plan(problem, find_target(name));
    EXPECT_TRUE(plan.window().skip_rows) << name;
    EXPECT_EQ(plan.regions.front().tile_h, 1) << name;
  }
}

TEST(Candidates, ComputeDilatedKernelsAsDensePhases) {
  Problem problem = Problem::parse("ic256ih65oc256kh3ph2dh1");
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    problem.layout = layout;
    for (const char *name : {"x86-64-avx2", "x86-64-avx512"}) {
      const Plan plan = make_plan(problem, find_target(name));
      EXPECT_EQ(plan.algorithm, Algorithm::winograd) << name;
      EXPECT_EQ(plan.phases_per_task, 2) << name;
    }
  }
}

TEST(Candidates, TransposeWhatIsBestAsNhwc) {
  Problem problem = Problem::parse("ic128ih56oc128kh3ph1");
  problem.layout = Layout::nchw;
  for (const Target &target : all_targets()) {
    if (is_gpu(target))
      continue;
    const Plan plan = make_plan(problem, target);
    EXPECT_TRUE(plan.transposed) << target.name;
    EXPECT_EQ(plan.algorithm, Algorithm::winograd) << target.name;
    problem.math = Math::exact;
    EXPECT_NE(make_plan(problem, target).algorithm, Algorithm::winograd) << target.name;
    problem.math = Math::standard;
  }
}

TEST(Traffic, ComesFromTheNearestLevelThatHoldsIt) {
  const Platform platform(find_target("x86-64-avx512"));
  Traffic traffic;
  traffic.add(platform, 100, 1000);
  EXPECT_EQ(traffic.cycles(platform), 0);
  traffic.add(platform, 320, 100'000);
  EXPECT_EQ(traffic.cycles(platform), 320 / platform.machine.l2_bytes_per_cycle);
  Traffic far;
  far.add(platform, 320, 1e9);
  EXPECT_GT(far.cycles(platform), 2 * traffic.cycles(platform));
}

TEST(Traffic, ComesFromTheCachesOfTheMachine) {
  const Target &target = find_target("x86-64-avx512");
  const Platform generic(target), emerald(target, find_machine("emeraldrapids"));
  Traffic far, near;
  far.add(generic, 320, 1.2e6); // more than three quarters of 1 MB, less than those of 2 MB
  near.add(emerald, 320, 1.2e6);
  EXPECT_GT(far.l3, 0);
  EXPECT_GT(near.l2, 0);
}

TEST(Candidates, FollowTheMachine) {
  const Target &target = find_target("x86-64-avx2");
  const auto cycles = [&](const char *machine) {
    return candidates(Problem::parse("ic512ih14oc512kh3ph1"), target, find_machine(machine)).front().cycles();
  };
  EXPECT_EQ(cycles("generic"), cycles("haswell")); // has no row
  EXPECT_LT(cycles("emeraldrapids"), cycles("generic"));
}

} // namespace
} // namespace convforge
