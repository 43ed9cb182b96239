// The table of families: one row for each algorithm and each form of one, whose own plans it takes.
#include "float_targets.hpp"
#include "planner/family.hpp"

#include "base/error.hpp"
#include "planner/check_plan.hpp"
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/planner.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "planner/winograd_down/winograd_down_family.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace convforge {
namespace {

/// A family beside a problem that it computes on targets with vectors along channels.
struct Row {
  const Family *family;
  const char *problem;
};
constexpr Row rows[] = {
    {&direct_family, "ic32ih14oc32kh3ph1"},       {&pointwise_family, "ic32ih14oc32kh1"},
    {&depthwise_family, "g32ic32ih14oc32kh3ph1"}, {&winograd_family, "ic32ih14oc32kh3ph1"},
    {&winograd_down_family, "ic3ih56oc32kh3ph1"}, {&fused_pixels_family, "ic32ih14oc32kh3ph1"}};

/// With every family, its problem and every target that it plans for: all but that Winograd down the columns
/// and fused pixels are x86's.
template <typename Visit>
void for_each_row(const Visit &visit) {
  for (const Target &target : targets_of_floats())
    for (const Row &row : rows) {
      const Problem problem = Problem::parse(row.problem);
      const std::vector<Candidate> all = row.family->plans(problem, Platform(target));
      const bool no_schedule = (row.family == &winograd_down_family && !has_winograd_down(target)) ||
                               (row.family == &fused_pixels_family && target.broadcast_lanes > 1);
      SCOPED_TRACE(std::string(target.name) + " " + row.problem);
      ASSERT_EQ(all.empty(), no_schedule);
      if (!all.empty())
        visit(*row.family, problem, target, all);
    }
}

TEST(Families, EveryAlgorithmHasOneRowBelowThoseOfItsForms) {
  std::set<Algorithm> whole;
  for (const Family *family : families()) {
    EXPECT_FALSE(whole.contains(family->algorithm)) << name_of(family->algorithm) << ": never reached";
    EXPECT_STRNE(family->suits, "");
    if (!family->owns) {
      whole.insert(family->algorithm);
      EXPECT_NE(family->needs, nullptr) << name_of(family->algorithm);
    }
  }
  EXPECT_EQ(whole,
            (std::set{Algorithm::direct, Algorithm::pointwise, Algorithm::depthwise, Algorithm::winograd}));
  EXPECT_EQ(std::ranges::count(families(), false, &Family::quantised), std::ssize(rows));
}

TEST(Families, TakeTheirOwnPlansOnEveryTargetAndRefuseThoseOfOthers) {
  for_each_row([](const Family &family, const Problem &problem, const Target &target,
                  const std::vector<Candidate> &all) {
    for (const Candidate &candidate : all) {
      EXPECT_EQ(&family_of(candidate.plan, problem), &family);
      EXPECT_NO_THROW(check_plan(candidate.plan, problem, target));
      EXPECT_GE(family.imbalance(candidate.plan, problem), 1);
    }
    Plan other = all.front().plan;
    other.algorithm = other.algorithm == Algorithm::winograd ? Algorithm::direct : Algorithm::winograd;
    EXPECT_THROW(check_plan(other, problem, target), Error);
  });
}

TEST(Families, WhatFollowsFromAPlanIsThereAlready) {
  for_each_row([](const Family &family, const Problem &problem, const Target &target,
                  const std::vector<Candidate> &all) {
    for (const Candidate &candidate : all) {
      Plan followed = candidate.plan;
      family.follow(followed, problem, target);
      EXPECT_EQ(followed, candidate.plan);
      for (const int *size : family.task_sizes(followed))
        EXPECT_GT(*size, 0);
    }
  });
}

// Both forms have one name: asked for, both are weighed; a plan is one's or the other's by its tiles.
TEST(Families, FormsOfWinogradAreToldApartByTheirTilesAndTheKernel) {
  const Target &target = find_target("x86-64-avx2");
  const auto family = [&](const char *problem, int outputs_w) {
    Plan plan = empty_plan(Algorithm::winograd);
    plan.winograd().outputs_w = outputs_w;
    return &family_of(plan, Problem::parse(problem));
  };
  EXPECT_EQ(family("ic3ih56oc64kh3ph1", 1), &winograd_down_family);
  EXPECT_EQ(family("ic3ih56oc64kh3ph1", 4), &winograd_family);
  EXPECT_EQ(family("ic64ih28iw28oc64oh28ow28kh7kw1ph3pw0", 1), &winograd_family); // no taps along the width

  const auto chosen = [&](const char *descriptor) {
    const Problem problem = Problem::parse(descriptor);
    return &family_of(make_plan(problem, target, {}, "winograd"), problem);
  };
  EXPECT_EQ(chosen("ic3ih224oc64kh3ph1"), &winograd_down_family);
  EXPECT_EQ(chosen("ic64ih56oc64kh3ph1"), &winograd_family);
}

// Plans of other machines come from files: x86's schedules leave taps out and split the sum, ARM's do not.
TEST(Families, NumbersTooLargeToMultiplyAreRefused) {
  const Target &target = find_target("x86-64-avx2");
  const Problem images = Problem::parse("mb4ic32ih7oc32oh7kh3ph1");
  Plan plan = make_plan(images, target, {}, "winograd");
  ASSERT_NO_THROW(check_plan(plan, images, target));
  for (const int most : {3, 8, 1 << 30}) {
    plan.winograd().images_per_task = most;
    EXPECT_THROW(check_plan(plan, images, target), Error) << most;
  }
  Problem rows = Problem::parse("g32ic32ih56oc32oh56kh3ph1");
  rows.layout = Layout::nchw;
  Plan depthwise = make_plan(rows, target, {}, "depthwise");
  ASSERT_NO_THROW(check_plan(depthwise, rows, target));
  for (const int blocks : {5, 64, 1 << 30}) {
    depthwise.depthwise().blocks_per_chunk = blocks;
    EXPECT_THROW(check_plan(depthwise, rows, target), Error) << blocks;
  }
}

TEST(Families, ArmRefusesWhatOnlyX86HasSchedulesFor) {
  const Target &x86 = find_target("x86-64-avx2"), &arm = find_target("arm-64-neon");
  const Problem problem = Problem::parse(rows[0].problem);
  const Plan plan = make_plan(problem, arm, {}, "direct");
  ASSERT_NO_THROW(check_plan(plan, problem, arm));
  const auto refused = [&](const auto &change) {
    Plan changed = plan;
    change(changed);
    EXPECT_THROW(check_plan(changed, problem, arm), Error);
  };
  refused([](Plan &p) { p.vector_axis = VectorAxis::input_channel; });
  refused([](Plan &p) { p.direct().window = {.skip_rows = true}; });
  refused([](Plan &p) {
    p.direct().fused_pixels = true;
    p.rows_per_task = 1;
  });
  refused([](Plan &p) { p.direct().window = {.skip_columns = true, .unroll_s = true}; });
  refused([](Plan &p) { p.direct().window.taps_innermost = p.direct().window.unroll_s = true; });

  const Problem depthwise = Problem::parse(rows[2].problem);
  Plan rows = make_plan(depthwise, x86, {}, "depthwise");
  ASSERT_TRUE(rows.window().skip_rows);
  for (Region &region : rows.regions)
    region.block = region.lanes = arm.vector_bytes / 4;
  EXPECT_THROW(check_plan(rows, depthwise, arm), Error);
}

} // namespace
} // namespace convforge
