// Winograd's tiles of several images as one product: of the plans that the planner proposes, every few
// compute their problem.
#include "kernels/every.hpp"
#include "kernels/expect_right.hpp"
#include "planner/candidate.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

const int every = one_in(17, 7);

class WinogradImages : public testing::TestWithParam<const char *> {};

TEST_P(WinogradImages, MeetTheOracle) {
  const Problem problem = parse_problem_line(GetParam());
  int seen = 0;
  for (const Target &target : targets_here(problem))
    for (const Candidate &candidate : candidates(problem, target))
      if (candidate.plan.algorithm == Algorithm::winograd && candidate.plan.winograd().images_per_task > 1 &&
          seen++ % every == 0)
        expect_right(problem, candidate.plan, target);
  EXPECT_GT(seen, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, WinogradImages,
    testing::Values("mb6ic40ih7iw7oc24oh7ow7kh3kw3ph1pw1 --epilogue bias,relu", // last tiles of both axes
                    "mb4ic64ih8iw8oc64oh8ow8kh3kw3ph1pw1 --epilogue bias,residual,relu", // whole tiles
                    "mb3ic33ih6iw9oc19oh6ow9kh3kw3ph1pw1 --epilogue bias",
                    "mb4g2ic32ih7iw7oc48oh7ow7kh3kw3ph1pw1 --epilogue residual",
                    "mb8ic48ih10iw10oc40oh5ow5kh3kw3sh2sw2ph1pw1 --epilogue bias",
                    "mb9ic512ih5iw5oc256oh5ow5kh3kw3ph1pw1 --epilogue bias,relu", // tasks of channels
                    "mb2ic24ih7iw7oc32oh7ow7kh1kw5pw2 --epilogue bias --dtype f32:f16:f32"));

} // namespace
} // namespace convforge
