// Plans that compute the phases of a transposed convolution as channels of one: of those that the planner
// proposes, every few of each algorithm, computes its problem, the residual's place being the output's among
// the runs, and keeps in the workspace what its formula says.
#include "kernels/every.hpp"
#include "kernels/expect_right.hpp"
#include "planner/candidate.hpp"
#include "planner/check_plan.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace convforge {
namespace {

const int every = one_in(41, 11);

class JoinedPhasesOf : public testing::TestWithParam<const char *> {};

void expect_all_right(const Problem &problem) {
  std::map<Algorithm, int> seen;
  for (const Target &target : targets_here(problem)) {
    for (const Candidate &candidate : candidates(problem, target)) {
      EXPECT_NO_THROW(check_plan(candidate.plan, problem, target)) << candidate.plan.why;
      if (!candidate.plan.joins_phases || seen[candidate.plan.algorithm]++ % every != 0)
        continue;
      expect_right(problem, candidate.plan, target);
    }
  }
  EXPECT_FALSE(seen.empty());
}

TEST_P(JoinedPhasesOf, MeetTheOracle) {
  for (const char *layout : {" --layout nhwc", " --layout nchw"})
    expect_all_right(parse_problem_line(std::string(GetParam()) + layout));
}

TEST(JoinedPhases, MeetTheOracleInSlices) {
  expect_all_right(
      parse_problem_line("transposed_mb2ic8ih10iw9oc5oh22ow20kh4kw4sh2sw2ph0pw0 --epilogue bias,residual "
                         "--strides 3600x1x360x30::5500x1x250x10 --residual-strides 5500x1x250x9"));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, JoinedPhasesOf,
    testing::Values(
        "transposed_ic16ih9iw8oc3kh9kw9sh3sw3ph3pw3 --epilogue bias,residual,prelu", // few channels
        "transposed_mb2ic20ih7iw11oc23kh6kw4sh2sw2ph2pw2 --epilogue scale,bias,relu",
        "transposed_ic12ih10iw9oc32kh2kw2sh2sw2 --epilogue bias,residual",  // one tap
        "transposed_g2ic16ih6iw7oc24kh4kw4sh2sw2 --epilogue bias,gelu",     // groups
        "transposed_g3ic9ih6iw7oc3kh2kw6sh1sw2pw2 --epilogue residual",     // columns alone
        "transposed_ic8ih5iw12oc7kh6kw3sh3sw1pw1 --epilogue bias",          // rows alone
        "transposed_ic1ih12iw13oc1kh4kw4sh2sw2 --epilogue bias,tanh",       // one channel
        "transposed_mb2ic8iw40oc6kw16sw4pw4 --epilogue bias,residual,relu", // 1-D
        "transposed_ic64ih3iw3oc70kh4kw4sh2sw2ph2pw2 --epilogue bias",      // blocks of channels
        "transposed_ic8ih8oc3kh9sh3ph3 --epilogue bias,residual --dtype f32:f16:f32"));

} // namespace
} // namespace convforge
