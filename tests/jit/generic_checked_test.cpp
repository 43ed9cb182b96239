// The portable kernel on random quantised problems, checked as compiled kernels are: two implementations of
// the sums that have no line in common, and one definition of rounding.
#include "generic_kernel.hpp"
#include "verify/check.hpp"
#include "verify/problem_list.hpp"
#include "verify/random_problem.hpp"
#include "verify/random_strides.hpp"

#include <gtest/gtest.h>

using namespace convforge;

namespace {

void expect_passes(const Problem &problem, std::uint64_t seed) {
  const auto kernel = generic_kernel(problem, find_target("x86-64-sse41"), "a test");
  const CheckResult result = check_kernel(problem, *kernel, seed);
  EXPECT_TRUE(result.passed) << problem_line(problem) << " (seed " << seed << "): " << result.failure;
}

class PortableKernel : public testing::TestWithParam<const char *> {};

TEST_P(PortableKernel, PassesTheCheckOfQuantisedProblems) {
  const ElementTypes types = parse_element_types(GetParam());
  for (std::uint64_t seed = 0; seed < 16; ++seed)
    expect_passes(random_problem(seed, types), seed);
  for (std::uint64_t seed = 0; seed < 5; ++seed)
    expect_passes(random_problem(seed, types, 3), seed);
}

TEST_P(PortableKernel, PassesTheCheckOfQuantisedSlices) {
  const ElementTypes types = parse_element_types(GetParam());
  for (std::uint64_t seed = 100; seed < 108; ++seed)
    expect_passes(with_random_strides(random_problem(seed, types), seed), seed);
}

INSTANTIATE_TEST_SUITE_P(Types, PortableKernel,
                         testing::Values("u8:s8:u8", "u8:s8:s32", "u8:s8:f32", "s8:s8:s8", "s8:s8:s32",
                                         "s8:s8:f32"),
                         [](const auto &test) {
                           std::string name = test.param;
                           std::erase(name, ':');
                           return name;
                         });

} // namespace
