// The table of families: one row for each algorithm, whose own plans it takes.
#include "planner/family.hpp"

#include "base/error.hpp"
#include "planner/check_plan.hpp"
#include "planner/planner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace convforge {
namespace {

constexpr Algorithm algorithms[] = {Algorithm::direct, Algorithm::pointwise, Algorithm::depthwise,
                                    Algorithm::winograd};

/// A problem that the algorithm computes.
Problem problem_for(Algorithm algorithm) {
  switch (algorithm) {
  case Algorithm::pointwise:
    return Problem::parse("ic32ih14oc32kh1");
  case Algorithm::depthwise:
    return Problem::parse("g32ic32ih14oc32kh3ph1");
  default:
    return Problem::parse("ic32ih14oc32kh3ph1");
  }
}

TEST(Families, EveryAlgorithmHasOneRow) {
  std::set<std::string> names;
  for (const Algorithm algorithm : algorithms) {
    EXPECT_EQ(std::ranges::count(families(), algorithm, [](const Family *row) { return row->algorithm; }), 1);
    EXPECT_EQ(family_of(algorithm).algorithm, algorithm);
    EXPECT_TRUE(names.insert(name_of(algorithm)).second);
    EXPECT_STRNE(family_of(algorithm).suits, "");
  }
  EXPECT_EQ(families().size(), std::size(algorithms));
}

TEST(Families, TakeTheirOwnPlansOnEveryTargetAndRefuseThoseOfOthers) {
  for (const Target &target : all_targets())
    for (const Algorithm algorithm : algorithms) {
      const Problem problem = problem_for(algorithm);
      const Family &family = family_of(algorithm);
      const std::vector<Candidate> all = family.plans(problem, Platform(target));
      ASSERT_FALSE(all.empty()) << name_of(algorithm) << " " << target.name;
      for (const Candidate &candidate : all) {
        EXPECT_EQ(candidate.plan.algorithm, algorithm);
        EXPECT_NO_THROW(check_plan(candidate.plan, problem, target))
            << name_of(algorithm) << " " << target.name;
        EXPECT_GE(family.imbalance(candidate.plan, problem), 1);
      }
      Plan other = all.front().plan;
      other.algorithm = algorithm == Algorithm::winograd ? Algorithm::direct : Algorithm::winograd;
      EXPECT_THROW(check_plan(other, problem, target), Error) << name_of(algorithm) << " " << target.name;
    }
}

TEST(Families, WhatFollowsFromAPlanIsThereAlready) {
  for (const Target &target : all_targets())
    for (const Algorithm algorithm : algorithms) {
      const Problem problem = problem_for(algorithm);
      for (const Candidate &candidate : family_of(algorithm).plans(problem, Platform(target))) {
        Plan followed = candidate.plan;
        family_of(algorithm).follow(followed, problem, target);
        EXPECT_EQ(followed, candidate.plan) << name_of(algorithm) << " " << target.name;
        for (const int *size : family_of(algorithm).task_sizes(followed))
          EXPECT_GT(*size, 0);
      }
    }
}

// Plans of other machines come from files: x86's schedules leave taps out and split the sum, ARM's do not.
TEST(Families, ArmRefusesWhatOnlyX86HasSchedulesFor) {
  const Target &x86 = find_target("x86-64-avx2"), &arm = find_target("arm-64-neon");
  const Problem problem = problem_for(Algorithm::direct);
  const Plan plan = make_plan(problem, arm, {}, "direct");
  ASSERT_NO_THROW(check_plan(plan, problem, arm));
  const auto refused = [&](const auto &change) {
    Plan changed = plan;
    change(changed);
    EXPECT_THROW(check_plan(changed, problem, arm), Error);
  };
  refused([](Plan &p) { p.vector_axis = VectorAxis::input_channel; });
  refused([](Plan &p) { p.direct().window = {.skip_rows = true}; });
  refused([](Plan &p) { p.direct().window = {.skip_columns = true, .unroll_s = true}; });
  refused([](Plan &p) { p.direct().window.taps_innermost = p.direct().window.unroll_s = true; });

  const Problem depthwise = problem_for(Algorithm::depthwise);
  Plan rows = make_plan(depthwise, x86, {}, "depthwise");
  ASSERT_TRUE(rows.window().skip_rows);
  for (Region &region : rows.regions)
    region.block = region.lanes = arm.vector_bytes / 4;
  EXPECT_THROW(check_plan(rows, depthwise, arm), Error);
}

} // namespace
} // namespace convforge
