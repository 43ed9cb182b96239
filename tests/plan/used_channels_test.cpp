#include "plan/used_channels.hpp"

#include "plan/channels_last.hpp"
#include "plan/left_out.hpp"

#include <gtest/gtest.h>

#include <set>

namespace convforge {
namespace {

using Numbers = std::vector<int>;

Problem pruned(const char *descriptor, ZeroWeights zeros) {
  Problem problem = Problem::parse(descriptor);
  problem.zeros = std::move(zeros);
  return problem;
}

Plan plan_of(bool gathers, bool spreads) {
  Plan plan = empty_plan(Algorithm::direct);
  plan.gathers_input = gathers;
  plan.spreads_output = spreads;
  return plan;
}

TEST(UsedChannels, AreThoseWhoseWeightsAreNotZero) {
  const Problem problem = pruned("ic6oc5ih4kh3ph1", {{}, {0, 3, 4}, {1, 4}});
  const UsedChannels both = used_channels(problem, plan_of(true, true));
  EXPECT_EQ(both.input, (Numbers{1, 2, 5}));
  EXPECT_EQ(both.output, (Numbers{0, 2, 3}));
  const UsedChannels in = used_channels(problem, plan_of(true, false));
  EXPECT_EQ(in.input, (Numbers{1, 2, 5}));
  EXPECT_EQ(in.output.size(), 5);
  EXPECT_EQ(sums_of_outputs(problem, both), (Numbers{0, -1, 1, 2, -1}));
}

TEST(UsedChannels, OfGroupsAreAsManyAsOfTheFullest) {
  const Problem problem = pruned("g3ic9oc6ih4kh3ph1", {{}, {0, 1, 3, 6, 7, 8}, {4, 5}});
  const UsedChannels both = used_channels(problem, plan_of(true, true));
  EXPECT_EQ(both.groups, 2); // the last one is zero altogether
  EXPECT_EQ(both.input, (Numbers{0, 2, 4, 5}));
  EXPECT_EQ(both.output, (Numbers{0, 1, 2, 3}));
  const UsedChannels in = used_channels(problem, plan_of(true, false));
  EXPECT_EQ(in.groups, 3);
  EXPECT_EQ(in.input, (Numbers{0, 2, 4, 5, 6, 7}));
}

TEST(UsedChannels, MakeASmallerProblemOfDenseTensors) {
  Problem problem = pruned("g3ic9oc6ih4kh3ph1", {{4}, {0, 1, 3, 6, 7, 8}, {4, 5}});
  problem.strides.input.w = 20;
  const Problem smaller = used_problem(problem, plan_of(true, true));
  EXPECT_NO_THROW(smaller.validate());
  EXPECT_EQ(smaller.groups, 2);
  EXPECT_EQ(smaller.in_channels, 4);
  EXPECT_EQ(smaller.out_channels, 4);
  EXPECT_FALSE(smaller.strided());
  EXPECT_EQ(smaller.zeros, (ZeroWeights{{4}, {}, {}}));
  EXPECT_EQ(used_problem(problem, plan_of(false, false)), problem);
}

/// Packing finds weight (tap, c, k) of group g at the caller's strides.
TEST(UsedChannels, HaveTheirWeightsFirst) {
  for (const char *layout : {"hwio", "oihw", "ohwi"}) {
    Problem problem = Problem::parse("g3ic9oc6ih4kh3ph1", {.weights_layout = layout});
    problem.zeros = {{}, {0, 1, 3, 6, 7, 8}, {0, 2, 4, 5}};
    const std::vector<std::size_t> places = used_weights_first(problem, plan_of(true, true));
    EXPECT_EQ(std::set(places.begin(), places.end()).size(), places.size()); // each weight is somewhere
    const UsedChannels used = used_channels(problem, plan_of(true, true));
    const WeightsStrides stride = weights_strides(problem);
    EXPECT_EQ(used.output, (Numbers{1, 3}));
    for (int g = 0; g < 2; g++)
      for (int c = 0; c < 2; c++) {
        const int in = used.input[g * 2 + c], out = used.output[g];
        EXPECT_EQ(places[g * stride.group + c * stride.c + 2 * stride.tap[2]],
                  in / 3 * stride.group + in % 3 * stride.c + out % 2 * stride.k + 2 * stride.tap[2])
            << layout;
      }
  }
}

TEST(LeftOut, IsCountedInMultiplyAdds) {
  const Problem problem = pruned("ic6oc5ih4kh3ph1", {{0, 4}, {0, 3, 4}, {1}});
  EXPECT_EQ(left_out(problem, plan_of(false, false)).multiply_adds, 16 * 6 * 5 * 7);
  EXPECT_EQ(left_out(problem, plan_of(true, true)).multiply_adds, 16 * 3 * 4 * 7);
  EXPECT_EQ(left_out_in_words(problem, plan_of(true, false)),
            "3 of 6 input channels, 0 of 5 output channels (1 are zero), 2 of 9 taps; 1680 of 4320 "
            "multiply-adds remain");
  EXPECT_EQ(left_out_in_words(Problem::parse("ic6oc5ih4kh3ph1"), plan_of(false, false)), "");
}

TEST(LeftOut, OfWinogradIsNoTap) {
  const Problem problem = pruned("ic6oc5ih4kh3ph1", {{4}, {}, {}});
  EXPECT_EQ(left_out(problem, empty_plan(Algorithm::winograd)).taps, 0);
}

} // namespace
} // namespace convforge
