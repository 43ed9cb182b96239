// Plans that compute NCHW as NHWC: of those that the planner proposes, every few of each algorithm, computes
// its problem, the residual's place being the output's among the runs, and keeps in the workspace what its
// formula says.
#include "kernels/every.hpp"
#include "kernels/expect_right.hpp"
#include "planner/candidate.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

#include <map>

namespace convforge {
namespace {

const int every = one_in(29, 13);

class Transposed : public testing::TestWithParam<const char *> {};

TEST_P(Transposed, MeetsTheOracle) {
  const Problem problem = parse_problem_line(GetParam());
  std::map<Algorithm, int> seen;
  for (const Target &target : targets_here(problem)) {
    for (const Candidate &candidate : candidates(problem, target)) {
      if (!candidate.plan.transposed || seen[candidate.plan.algorithm]++ % every != 0)
        continue;
      expect_right(problem, candidate.plan, target);
    }
  }
  EXPECT_FALSE(seen.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Transposed,
    testing::Values(
        "mb2ic20ih9iw11oc23oh9ow11kh3kw3ph1pw1 --layout nchw --epilogue bias,residual,relu", // no whole
                                                                                             // squares
        "ic6ih17iw5oc34oh8ow2kh3kw3sh2sw2ph0pw0 --layout nchw --epilogue residual", // rows unread at the end
        "g2ic16ih12iw30oc24oh12ow30kh3kw3ph1pw1 --layout nchw --epilogue bias",     // groups
        "g19ic19ih14iw9oc38oh14ow9kh3kw3ph1pw1 --layout nchw --epilogue bias,residual",  // channels computed
                                                                                         // twice
        "mb3ic24ih10iw13oc40oh10ow13kh1kw1 --layout nchw --epilogue bias,residual,relu", // pixels of many
                                                                                         // images
        "mb2ic16ih28iw28oc8oh28ow28kh1kw1 --layout nchw --epilogue relu --dtype f32:f16:f32", // tasks of
                                                                                              // columns
        "ic40ih13iw13oc33oh13ow13kh3kw3ph2pw2dh1dw1 --layout nchw --epilogue bias,silu",      // dilated
        "ic256ih7iw7oc320oh7ow7kh3kw3ph1pw1 --layout nchw --epilogue bias,residual,relu", // tasks of channels
        "ic9ih1iw50oc12oh1ow50kh1kw5ph0pw2 --layout nchw --epilogue residual",            // one row
        "mb2ic3ih31iw37oc20oh16ow19kh7kw7sh2sw2ph3pw3 --layout nchw --epilogue bias,residual", // down columns
        "g48mb2ic48ih15iw15oc48oh8ow8kh3kw3sh2sw2ph1pw1 --layout nchw --epilogue bias,relu",   // chunks
        "mb6ic40ih7iw7oc24oh7ow7kh3kw3ph1pw1 --layout nchw --epilogue bias,residual,relu")); // several images

} // namespace
} // namespace convforge
