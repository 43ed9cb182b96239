// Plans that take the planes of a window as input channels: of those that the planner proposes, every few of
// each algorithm, read in place and gathered, computes its problem and keeps in the workspace what its
// formula says; others are refused.
#include "kernels/every.hpp"
#include "kernels/expect_right.hpp"
#include "planner/candidate.hpp"
#include "planner/check_plan.hpp"
#include "planner/planner.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace convforge {
namespace {

const int every = one_in(149, 23);

class PlanesOf : public testing::TestWithParam<const char *> {};

void expect_all_right(const Problem &problem) {
  std::map<std::pair<Algorithm, Planes>, int> seen;
  for (const Target &target : targets_here(problem)) {
    for (const Candidate &candidate : candidates(problem, target)) {
      const Plan &plan = candidate.plan;
      EXPECT_NO_THROW(check_plan(plan, problem, target)) << plan.why;
      if (plan.planes == Planes::taps || seen[{plan.algorithm, plan.planes}]++ % every != 0)
        continue;
      expect_right(problem, plan, target);
    }
  }
  EXPECT_FALSE(seen.empty());
}

TEST_P(PlanesOf, MeetTheOracle) {
  for (const char *layout : {" --layout nhwc", " --layout nchw"})
    expect_all_right(parse_problem_line(std::string(GetParam()) + layout));
}

TEST(Planes, MeetTheOracleInSlices) {
  for (const char *strides :
       {"5400x1x1080x180x20::7200x1x1440x240x24", "6000x1x1080x180x20::9000x1x1440x240x24"})
    expect_all_right(parse_problem_line(
        "mb2ic16id5ih6iw7oc20kd3kh3kw3pd1ph1pw1 --epilogue bias,residual --strides " + std::string(strides)));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PlanesOf,
    testing::Values(
        "mb2ic32id4ih9iw11oc20kd3kh3kw3pd1ph1pw1 --epilogue bias,residual,relu",   // vectors of one plane
        "ic20id5ih13iw10oc24kd3kh3kw3pd1ph1pw1 --epilogue bias",                   // of parts of one
        "ic7id4ih8iw9oc5kd2kh3kw3pd1ph1pw1 --epilogue residual,silu",              // of no whole vector
        "g2mb2ic32id3ih10iw8oc24kd3kh3kw3pd1ph1pw1 --epilogue bias",               // groups
        "ic16id8ih12iw12oc16od3oh6ow6kd3kh3kw3sd3sh2sw2pd1ph1pw1 --epilogue relu", // strides
        "ic16id7ih9iw9oc16kd3kh3kw3pd2ph1pw1dd1dh0dw0 --epilogue bias",            // dilation of the depth
        "mb2ic64id6ih5iw5oc32kd1kh3kw3pd0ph1pw1 --epilogue bias,relu",             // planes by themselves
        "mb2ic48id4ih7iw7oc40kd3kh3kw3pd1ph1pw1 --epilogue residual",              // several planes' tiles
        "ic3id4ih24iw30oc32kd3kh3kw3pd1ph1pw1 --epilogue bias,relu",               // few channels
        "ic16id3ih6iw16oc24kd5kh1kw5pd4ph0pw2 --epilogue bias",                    // windows of one plane
        "ic16id5ih6iw7oc16kd3kh3kw3pd1ph1pw1 --padding-mode circular",
        "ic8id5ih6iw7oc12kd3kh3kw3pd1ph1pw1 --padding-mode reflect --dtype f32:f16:f32"));

/// A plan of the problem by Winograd with one change is refused, with this beginning.
void expect_refused(const char *line, const char *words, const std::function<void(Plan &)> &change) {
  const Problem problem = parse_problem_line(line);
  const Target &target = find_target("x86-64-avx2");
  Plan plan = make_plan(problem, target, {}, "winograd");
  change(plan);
  expect_plan_refused(problem, plan, target, words);
}

TEST(Planes, OtherPlansAreRefused) {
  const char *flat = "ic16ih12oc16kh3ph1", *deep = "ic32id4ih16oc32kd3kh3pd1ph1",
             *nchw = "ic32id4ih16oc32kd3kh3pd1ph1 --layout nchw", *odd = "ic12id4ih16oc32kd4kh3pd1ph1";
  expect_refused(flat, "plan: planes: channels", [](Plan &plan) { plan.planes = Planes::channels; });
  expect_refused(flat, "plan: planes: gathered", [](Plan &plan) { plan.planes = Planes::gathered; });
  expect_refused(deep, "plan: algorithm: winograd", [](Plan &plan) { plan.planes = Planes::taps; });
  expect_refused(deep, "plan: winograd_prefetch: true", [](Plan &plan) { plan.winograd().prefetch = true; });
  expect_refused(deep, "plan: planes: channels", [](Plan &plan) { plan.transposed = true; });
  expect_refused(odd, "plan: winograd_input_lanes: 8", [](Plan &plan) { plan.winograd().input_lanes = 8; });
  expect_refused(nchw, "plan: parallel: channels",
                 [](Plan &plan) { plan.parallel = ParallelAxis::channels; });
  expect_refused(nchw, "plan: phases_per_task: 2", [](Plan &plan) { plan.phases_per_task = 2; });
  expect_refused(nchw, "plan: gathers_input: true", [](Plan &plan) { plan.gathers_input = true; });
  expect_refused(nchw, "plan: winograd_images_per_task: 3",
                 [](Plan &plan) { plan.winograd().images_per_task = 3; });
}

} // namespace
} // namespace convforge
