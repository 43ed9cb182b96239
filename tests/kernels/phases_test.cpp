// Plans that compute a dilated convolution as dense ones: of those that the planner proposes, every few of
// each algorithm, computes its problem, the residual's place being the output's among the runs, and keeps in
// the workspace what its formula says.
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

const int every = one_in(53, 23);

class PhasesOf : public testing::TestWithParam<const char *> {};

void expect_all_right(const Problem &problem) {
  std::map<Algorithm, int> seen;
  for (const Target &target : targets_here(problem)) {
    for (const Candidate &candidate : candidates(problem, target)) {
      EXPECT_NO_THROW(check_plan(candidate.plan, problem, target)) << candidate.plan.why;
      if (candidate.plan.phases_per_task == 0 || seen[candidate.plan.algorithm]++ % every != 0)
        continue;
      expect_right(problem, candidate.plan, target);
    }
  }
  EXPECT_FALSE(seen.empty());
}

TEST_P(PhasesOf, MeetTheOracle) {
  for (const char *layout : {" --layout nhwc", " --layout nchw"})
    expect_all_right(parse_problem_line(std::string(GetParam()) + layout));
}

TEST(Phases, MeetTheOracleInSlices) {
  expect_all_right(parse_problem_line("mb2ic8ih10iw10oc16oh10ow10kh3kw3ph2pw2dh1dw1 --epilogue bias,residual "
                                      "--strides 3600x1x360x30::5200x1x520x40"));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PhasesOf,
    testing::Values(
        "mb2ic12ih13iw17oc20oh13ow17kh3kw3ph2pw2dh1dw1 --epilogue bias,residual,relu", // rows that not all
                                                                                       // have
        "ic16ih20iw20oc24oh20ow20kh3kw3ph4pw4dh3dw3 --epilogue bias,residual",         // that all have
        "g2ic16ih14iw15oc24oh14ow15kh3kw3ph3pw3dh2dw2 --epilogue bias",                // groups
        "ic9ih5iw23oc11oh5ow23kh3kw3ph7pw7dh6dw6 --epilogue relu",               // more phases than rows
        "mb3ic8ih12iw18oc16oh12ow14kh3kw3ph1pw2dh0dw3 --epilogue bias,residual", // along rows alone
        "ic8ih19iw10oc16oh15ow5kh5kw3sw2ph4pw1dh2dw0 --epilogue bias,silu",      // down columns alone
        "ic24ih11iw9oc8oh3ow13kh5kw2ph0pw4dh1dw3 --epilogue residual",           // padding of one side
        "ic3ih30iw30oc5oh30ow30kh3kw3ph5pw5dh4dw4 --epilogue bias,relu",         // few channels
        "ic64ih4iw35oc33oh1ow34kh7kw2ph21pw0dh3dw0 --epilogue bias,hard_swish",  // tasks of columns, dense
        "mb2ic16iw60oc24ow60kw3pw12dw11 --epilogue bias,residual,relu",          // 1-D
        "mb2ic8ih16iw16oc16oh16ow16kh3kw3ph2pw2dh1dw1 --epilogue bias --dtype f32:f16:f32"));

} // namespace
} // namespace convforge
