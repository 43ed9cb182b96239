// Every plan that is proposed is one that its own checks take: of edges, of large windows and of random
// problems, on every CPU target. So what a family or a rearrangement forgets to set shows, whether or not the
// planner would have chosen the plan.
#include "base/error.hpp"
#include "plan/dot_runs.hpp"
#include "planner/candidate.hpp"
#include "planner/check_plan.hpp"
#include "verify/problem_list.hpp"
#include "verify/random_problem.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace convforge {
namespace {

void expect_all_taken(const Problem &problem) {
  for (const Target &target : all_targets()) {
    if (!has_kernels(target, problem.types))
      continue;
    for (const Candidate &candidate : candidates(problem, target))
      EXPECT_NO_THROW(check_plan(candidate.plan, problem, target))
          << problem.canonical() << " " << target.name << ": " << candidate.plan.why;
  }
}

class ProposalsOf : public testing::TestWithParam<const char *> {};

TEST_P(ProposalsOf, AreTakenByTheirChecks) {
  for (Problem problem : read_problem_list(std::string(ROOT_DIR "/") + GetParam())) {
    expect_all_taken(problem);
    if (problem.strided())
      continue;
    problem.layout = problem.layout == Layout::nhwc ? Layout::nchw : Layout::nhwc;
    expect_all_taken(problem);
  }
}

INSTANTIATE_TEST_SUITE_P(Lists, ProposalsOf,
                         testing::Values("tests/kernels/edges.txt", "tests/kernels/edges_strided.txt",
                                         "tests/kernels/in_place.txt", "tests/kernels/winograd.txt",
                                         "tests/kernels/eight_bits.txt", "tests/kernels/padding_modes.txt",
                                         "tests/kernels/padding_modes_eight_bits.txt",
                                         "bench/large_windows.txt"));

TEST(Proposals, OfRandomProblemsAreTakenByTheirChecks) {
  constexpr std::uint64_t problems = 600;
  for (std::uint64_t seed = 1; seed <= problems; ++seed)
    expect_all_taken(random_problem(seed));
}

TEST(Proposals, OfRandomProblemsOfEightBitsAreTakenByTheirChecks) {
  constexpr std::uint64_t problems = 120;
  for (const char *types : {"u8:s8:u8", "s8:s8:s8", "u8:s8:f32"})
    for (std::uint64_t seed = 1; seed <= problems; ++seed)
      expect_all_taken(random_problem(seed, parse_element_types(types)));
}

/// Plans for zeros that read the input without a copy and leave out the taps in the padding.
TEST(Proposals, PlansThatLeaveTapsOutAreRefusedForOtherPaddings) {
  int refused = 0;
  for (const char *descriptor : {"ic16ih14oc32kh3ph1", "g32ic32ih14oc64kh3ph1"}) {
    const Problem zeros = Problem::parse(descriptor),
                  other = Problem::parse(descriptor, {.padding_mode = "reflect"});
    const Target &target = find_target("x86-64-avx2");
    for (const Candidate &candidate : candidates(zeros, target)) {
      if (candidate.plan.algorithm != Algorithm::direct || candidate.plan.window().padded_copy)
        continue;
      try {
        check_plan(candidate.plan, other, target);
        ADD_FAILURE() << "taken: " << candidate.plan.why;
      } catch (const Error &error) {
        EXPECT_EQ(std::string(error.what()),
                  "plan: padded_copy: false (expected true: with padding mode reflect no taps are left out)");
        refused++;
      }
    }
  }
  EXPECT_GT(refused, 0);
}

Problem of_bytes(const char *descriptor) {
  Problem problem = Problem::parse(descriptor);
  problem.types = parse_element_types("u8:s8:u8");
  return problem;
}

/// The plan that depthwise would have.
Plan depthwise_plan(const Problem &problem) {
  for (const Candidate &candidate : candidates(problem, find_target("x86-64-avx512-vnni")))
    if (candidate.plan.algorithm == Algorithm::depthwise)
      return candidate.plan;
  ADD_FAILURE() << "no depthwise plan of " << problem.canonical();
  return {};
}

TEST(Proposals, DepthwiseOfBytesKeepsTapsOfSmallKernelsInRegisters) {
  const Plan plan = depthwise_plan(of_bytes("g144ic144ih56oc144oh56kh3ph1"));
  EXPECT_TRUE(taps_in_registers(plan));
  const Region &region = plan.regions.front();
  EXPECT_GT(region.tile_h, 1) << "rows between two rows of outputs are brought side by side once";
  EXPECT_LE(region.tile_h * region.tile_w, 16);
  const Plan of_rows = depthwise_plan(of_bytes("g144ic144ih7oc144oh7kh3ph1"));
  EXPECT_EQ(of_rows.regions.front().tile_h, 7) << "tiles of fewer rows would compute some twice";
}

TEST(Proposals, DepthwiseOfBytesSharesTapsOfLargeKernelsInTheWorkspace) {
  const Plan plan = depthwise_plan(of_bytes("g64ic64ih56oc64oh56kh31ph15"));
  EXPECT_FALSE(taps_in_registers(plan));
  EXPECT_EQ(plan.regions.front().tile_h, 1);
  EXPECT_EQ(plan.rows_per_task, 56) << "fewer rows than the kernel's would be copied again and again";
}

TEST(Proposals, DepthwiseOfBytesWritesNoRowsOutBetweenTaps) {
  EXPECT_FALSE(taps_in_registers(depthwise_plan(of_bytes("g64ic64ih65oc64oh65kh3ph36dh35"))));
  const Plan of_strides = depthwise_plan(of_bytes("g64ic64ih200oc64oh10kh3sh20"));
  EXPECT_EQ(of_strides.regions.front().tile_h, 1);
}

TEST(Proposals, DepthwiseOfSingleProductsIsWrittenOut) {
  const auto all = candidates(of_bytes("g144ic144ih56oc144oh56kh3ph1"), find_target("arm-64-neon")); // smlal
  EXPECT_EQ(all.front().plan.algorithm, Algorithm::depthwise);
  EXPECT_TRUE(all.front().plan.window().unroll_r);
}

bool skips_rows(const Problem &problem) {
  const auto all = candidates(problem, find_target("x86-64-avx512-vnni"));
  return std::ranges::any_of(all,
                             [](const Candidate &candidate) { return candidate.plan.window().skip_rows; });
}

TEST(Proposals, TapsOfBytesInThePaddingAreLeftOutWhereItIsZero) {
  Problem problem = of_bytes("ic64ih14oc64oh14kh3ph1");
  EXPECT_TRUE(skips_rows(problem));
  problem.quantisation.source_zero_point = 3;
  EXPECT_FALSE(skips_rows(problem));
  problem.types = parse_element_types("s8:s8:s8"); // vpdpbusd takes them with 128 more
  problem.quantisation.source_zero_point = 0;
  EXPECT_FALSE(skips_rows(problem));
  problem.quantisation.source_zero_point = -128;
  EXPECT_TRUE(skips_rows(problem));
  EXPECT_FALSE(skips_rows(of_bytes("ic64ih33oc64oh17kh3sh2ph4dh3")));
}

TEST(Proposals, FewOutputChannelsOfBytesAreSumsOfLanes) {
  const auto all = candidates(of_bytes("ic64ih56oc3oh56kh9ph4"), find_target("x86-64-avx512-vnni"));
  EXPECT_EQ(all.front().plan.vector_axis, VectorAxis::input_channel);
  EXPECT_EQ(candidates(of_bytes("ic64ih56oc64oh56kh3ph1"), find_target("x86-64-avx512-vnni"))
                .front()
                .plan.vector_axis,
            VectorAxis::channel);
}

} // namespace
} // namespace convforge
