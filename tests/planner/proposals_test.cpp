// Every plan that is proposed is one that its own checks take: of edges, of large windows and of random
// problems, on every CPU target. So what a family or a rearrangement forgets to set shows, whether or not the
// planner would have chosen the plan.
#include "planner/candidate.hpp"
#include "planner/check_plan.hpp"
#include "verify/problem_list.hpp"
#include "verify/random_problem.hpp"

#include <gtest/gtest.h>

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
                                         "tests/kernels/eight_bits.txt", "bench/large_windows.txt"));

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

TEST(Proposals, DepthwiseWhoseRowsAreTooWideToBeSideBySideIsDirect) {
  Problem problem = Problem::parse("g2048ic2048ih31iw4000oc2048kh31kw31ph15pw15");
  problem.types = parse_element_types("u8:s8:u8");
  for (const Candidate &candidate : candidates(problem, find_target("x86-64-avx512-vnni")))
    EXPECT_EQ(candidate.plan.algorithm, Algorithm::direct); // a row alone takes 8 GB, of 32-bit offsets
}

} // namespace
} // namespace convforge
