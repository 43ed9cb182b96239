// Plans whose register tiles run on from row to row and image to image: of those that the planner proposes,
// every few, with its own tasks and others, computes its problem.
#include "kernels/every.hpp"
#include "kernels/expect_right.hpp"
#include "plan/fused_pixels.hpp"
#include "planner/candidate.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

const int every = one_in(11, 5);

class FusedPixels : public testing::TestWithParam<const char *> {};

TEST_P(FusedPixels, MeetsTheOracle) {
  const Problem problem = parse_problem_line(GetParam());
  int seen = 0;
  for (const Target &target : targets_here(problem)) {
    for (Candidate &candidate : candidates(problem, target)) {
      Plan &plan = candidate.plan;
      if (!plan.fuses_pixels() || seen++ % every != 0)
        continue;
      expect_right(problem, plan, target);
      if (plan.parallel != ParallelAxis::pixels)
        continue;
      // Less than a row, no whole rows, and parts of two images.
      const int width = problem.width().output, image = problem.height().output * width;
      Plan together = plan;
      together.parallel = ParallelAxis::none;
      for (const int pixels : {3, width + 2, image + 1}) {
        plan.columns_per_task = std::min(pixels, loop_problem(problem, together).width().output);
        expect_right(problem, plan, target);
      }
    }
  }
  EXPECT_GT(seen, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, FusedPixels,
    testing::Values("ic64ih7iw7oc72oh7ow7kh3kw3ph1pw1 --epilogue bias,relu",
                    "mb5ic24ih9iw11oc27oh9ow11kh3kw3ph1pw1 --epilogue bias,residual,relu", // a last vector
                    "mb3ic40ih15iw9oc80oh8ow5kh3kw3sh2sw2ph1pw1 --epilogue bias",          // strided
                    "ic128ih14iw14oc96oh7ow7kh1kw1sh2sw2 --epilogue residual",             // without a copy
                    "mb2ic48ih10iw10oc32oh5ow5kh1kw1sh2sw2 --epilogue relu --dtype f32:f16:f32",
                    "mb2g2ic48ih13iw13oc32oh13ow13kh3kw3ph1pw1 --epilogue bias",       // groups
                    "ic40ih13iw13oc48oh13ow13kh3kw3ph2pw2dh1dw1 --epilogue bias,silu", // dilated
                    "mb4ic256ih5iw5oc320oh5ow5kh3kw3ph1pw1 --epilogue bias,relu",      // tasks of channels
                    "mb6ic32ih1iw11oc64oh1ow11kh1kw5pw2 --epilogue bias",              // one row an image
                    "mb2ic16ih9iw9oc32oh9ow9kh3kw3ph1pw1 --epilogue bias,residual --strides "
                    "2592x1x288x32::2688x1x288x32 --residual-strides 2592x1x288x32")); // images apart

} // namespace
} // namespace convforge
