// Last rows and columns of tiles that need fewer points: every class of points and tiles, with register tiles
// that divide the image's tiles, whatever the planner would choose.
#include "artefact/artefact.hpp"
#include "compiler/compile.hpp"
#include "float_targets.hpp"
#include "loader.hpp"
#include "plan/channels_last.hpp"
#include "planner/check_plan.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "planner/winograd/winograd_shape.hpp"
#include "verify/check.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

struct Case {
  const char *descriptor;
  int outputs_h, outputs_w, register_tile;
};

void PrintTo(const Case &one, std::ostream *out) {
  *out << one.descriptor << " F(" << one.outputs_h << "," << one.outputs_w << ") by " << one.register_tile;
}

class WinogradLastTiles : public testing::TestWithParam<Case> {};

Plan plan_of(const Case &one, const Problem &problem, const Target &target, ParallelAxis parallel) {
  const bool transposed = problem.layout == Layout::nchw;
  const Problem planned = transposed ? channels_last(problem) : problem;
  for (const Candidate &candidate : winograd_plans(planned, Platform(target))) {
    Plan plan = candidate.plan;
    plan.transposed = transposed;
    if (plan.winograd().outputs_h == one.outputs_h && plan.winograd().outputs_w == one.outputs_w) {
      Region &region = plan.regions.front();
      region.block = region.lanes;
      region.tile_w = one.register_tile;
      plan.winograd().rows_per_task = winograd_shape(planned, plan).tiles_y;
      plan.columns_per_task = problem.width().output;
      plan.winograd().prefetch = false;
      plan.parallel = parallel;
      return plan;
    }
  }
  ADD_FAILURE() << "no such tiles";
  return {};
}

TEST_P(WinogradLastTiles, MeetTheOracle) {
  Problem problem = parse_problem_line(GetParam().descriptor);
  problem.epilogue = Epilogue::parse("bias,relu");
  problem.math = Math::fast;
  for (const Target &target : targets_of_floats()) {
    for (const ParallelAxis parallel : {ParallelAxis::channels, ParallelAxis::pixels}) {
      SCOPED_TRACE(std::string(target.name) + " " + name_of(parallel));
      if (!runs_here(target))
        continue;
      const Plan plan = plan_of(GetParam(), problem, target, parallel);
      check_plan(plan, problem, target);
      EXPECT_TRUE(winograd_shape(planned_problem(problem, plan), plan).shorter_tails);
      const auto loaded = LoadedKernel::load(compile(problem, plan, target, "kernel"));
      const CheckResult result = check_kernel(problem, *loaded->kernel(), 1);
      EXPECT_TRUE(result.passed) << result.failure;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, WinogradLastTiles,
    testing::Values(Case{"ic16ih14oc32kh3ph1", 4, 4, 4},                         // both axes
                    Case{"mb2ic17ih13iw10oc23oh13ow10kh3kw3ph1pw1", 4, 4, 1},    // single tiles
                    Case{"mb2ic17ih13iw10oc23oh13ow10kh3kw3ph1pw1", 4, 2, 5},    // down only
                    Case{"ic20ih12iw14oc16oh12ow14kh3kw3ph1pw1", 4, 4, 3},       // along only
                    Case{"ic16ih28oc32oh14kh3sh2ph1", 4, 4, 4},                  // plain products
                    Case{"ic18ih27iw21oc16oh14ow11kh3kw3sh2sw2ph1pw1", 5, 4, 3}, // odd tiles
                    Case{"ic16ih19iw18oc16oh10ow9kh5kw5sh2sw2ph2pw2", 3, 4, 4},  // both phases
                    Case{"g2ic16ih7oc24kh3ph1", 4, 2, 2},                        // two rows, groups
                    Case{"ic16ih3iw18oc24oh3ow18kh3kw3ph1pw1", 4, 4, 5},         // one row, all of it last
                    Case{"ic16ih18iw3oc24oh18ow3kh3kw3ph1pw1 --layout nchw", 4, 4, 5}, // one column
                    Case{"ic16ih9iw22oc16oh9ow22kh1kw3ph0pw1", 1, 4, 2}));             // one axis

} // namespace
} // namespace convforge
