// The model's order of candidates, from facts that hold whatever its constants are.
#include "float_targets.hpp"
#include "kernels/layers.hpp"
#include "planner/candidate.hpp"
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/planner.hpp"
#include "planner/platform.hpp"
#include "planner/tasks.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace convforge {
namespace {

/// What a planner's time grows with, for a gate that no neighbour on the machine disturbs: of one problem,
/// and of a list's problems on the mean, on any target and in either layout.
constexpr std::size_t most_candidates = 200;
constexpr std::size_t most_on_the_mean = 100;

/// Machines that plan for themselves: those with a row, and one without.
std::vector<Machine> machines_by_themselves(const Target &target) {
  std::vector<Machine> machines = machines_of(target);
  machines.front() = find_machine("haswell");
  return machines;
}

std::vector<Problem> in_layout(std::vector<Problem> layers, Layout layout) {
  for (Problem &layer : layers)
    layer.layout = layout;
  return layers;
}

/// Checks a problem's candidates on one machine, and counts them.
std::size_t check_candidates(const Problem &layer, const Target &target, const Machine &machine) {
  SCOPED_TRACE(layer.canonical() + " " + std::string(target.name) + " " + machine.name);
  const auto all = candidates(layer, target, machine);
  EXPECT_FALSE(all.empty());
  EXPECT_LE(all.size(), most_candidates);
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Candidate::cycles));
  for (std::size_t i = 1; i < all.size(); i++)
    EXPECT_NE(all[i - 1].plan, all[i].plan);
  if (!all.empty())
    EXPECT_EQ(make_plan(layer, target, {.machine = machine}), all.front().plan);
  return all.size();
}

TEST(Candidates, AreSortedDistinctAndNotTooMany) {
  for (const Target &target : targets_of_floats())
    for (const Machine &machine : machines_by_themselves(target))
      for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
        const std::vector<Problem> layers = in_layout(all_layers(), layout);
        std::size_t total = 0;
        for (const Problem &layer : layers)
          total += check_candidates(layer, target, machine);
        EXPECT_LE(total, most_on_the_mean * layers.size()) << target.name << " " << name_of(layout);
      }
}

TEST(Candidates, OfLargeWindowsAreFew) {
  constexpr std::size_t most = 120; // of a dilated one, whose dense phases are planned for as well
  for (const Target &target : targets_of_floats())
    for (const Layout layout : {Layout::nhwc, Layout::nchw})
      for (const Problem &problem : in_layout(read_problem_list(BENCH_DIR "/large_windows.txt"), layout))
        EXPECT_LE(candidates(problem, target).size(), most)
            << problem.canonical() << " " << target.name << " " << name_of(layout);
}

TEST(Candidates, NeverBeatTheMachine) {
  for (const Problem &layer : all_layers()) {
    for (const Target &target : targets_of_floats()) {
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

/// Raced on Zen 3 with AVX2: docs/performance-notes.md.
Plan exact_plan_on_zen3(const char *descriptor) {
  Problem problem = Problem::parse(descriptor);
  problem.math = Math::exact;
  return make_plan(problem, find_target("x86-64-avx2"), {.machine = find_machine("zen3")});
}

TEST(Candidates, DoNotChainTapsWhereChainsAreAsLongAsTheArithmetic) {
  for (const char *descriptor : {"ic64ih56oc64kh3ph1", "ic128ih56oc128kh3ph1", "ic64ih54oc64kh5ph2"})
    EXPECT_FALSE(exact_plan_on_zen3(descriptor).window().taps_innermost) << descriptor;
}

TEST(Candidates, DoNotFusePixelsUnderAWindowForAFewLeftOver) {
  EXPECT_FALSE(exact_plan_on_zen3("ic512ih14oc512oh7kh3sh2ph1").fuses_pixels());
}

TEST(Candidates, UnrollForTheRegionWithTheFewestAccumulators) {
  const Plan plan = exact_plan_on_zen3("ic64ih112oc128kh3ph1");
  ASSERT_EQ(plan.regions.size(), 2u);
  EXPECT_EQ(plan.regions.back().block * plan.regions.back().tile_w, 8 * 8);
  EXPECT_EQ(plan.unroll_c, 4);
}

Plan plan_on(const char *machine, const char *descriptor) {
  return make_plan(Problem::parse(descriptor), find_target("x86-64-avx512"),
                   {.machine = find_machine(machine)});
}

TEST(Candidates, TakeHalfVectorsWhereTheyTakeHalfTheTime) {
  for (const char *descriptor : {"ic96ih56oc24kh1", "ic24ih56oc24kh3ph1", "ic3ih224oc24kh3sh2ph1"}) {
    EXPECT_EQ(plan_on("zen4", descriptor).regions.front().lanes, 8) << descriptor;
    EXPECT_EQ(plan_on("emeraldrapids", descriptor).regions.front().lanes, 16) << descriptor;
  }
  EXPECT_EQ(plan_on("zen4", "ic96ih56oc32kh1").regions.front().lanes, 16);
}

TEST(Candidates, KeepATilesPixelsWithinTheWaysOfASet) {
  // Pixels 4 KB apart are all of one set of L1, which has 8 ways; those of 1008 channels are not.
  const auto pixels = [](const char *descriptor) {
    const Region region = plan_on("zen4", descriptor).regions.front();
    return region.tile_w * region.tile_h;
  };
  EXPECT_LE(pixels("ic1024ih14oc256kh1"), 10);
  EXPECT_EQ(pixels("ic1008ih14oc256kh1"), 14);
}

TEST(Candidates, TransposeWhatIsBestAsNhwc) {
  Problem problem = Problem::parse("ic128ih56oc128kh3ph1");
  problem.layout = Layout::nchw;
  for (const Target &target : targets_of_floats()) {
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
