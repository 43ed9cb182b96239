// Candidates compute their problem, not only the planner's first choice: the tuner may take any. Of each
// algorithm every few, the targets taking turns; in the long run all.
#include "artefact/artefact.hpp"
#include "compiler/compile.hpp"
#include "float_targets.hpp"
#include "kernels/every.hpp"
#include "loader.hpp"
#include "plan/plan_json.hpp"
#include "planner/candidate.hpp"
#include "planner/winograd_down/winograd_down_family.hpp"
#include "verify/check.hpp"

#include <gtest/gtest.h>

#include <map>

namespace convforge {
namespace {

const int every = one_in(5, 1);

using Plans = std::vector<Candidate> (*)(const Problem &, const Platform &);

void expect_all_right(const char *descriptor, Plans plans) {
  Problem problem = Problem::parse(descriptor);
  problem.epilogue = Epilogue::parse("bias,relu");
  std::map<Algorithm, int> seen;
  for (const Target &target : targets_of_floats()) {
    if (!runs_here(target))
      continue;
    for (const Candidate &candidate : plans(problem, Platform(target))) {
      if (seen[candidate.plan.algorithm]++ % every != 0)
        continue;
      SCOPED_TRACE(std::string(target.name) + " " + plan_text(candidate.plan));
      const auto loaded = LoadedKernel::load(compile(problem, candidate.plan, target, "kernel"));
      const CheckResult result = check_kernel(problem, *loaded->kernel(), 1);
      EXPECT_TRUE(result.passed) << result.failure;
    }
  }
  EXPECT_FALSE(seen.empty());
}

class EveryCandidate : public testing::TestWithParam<const char *> {};

TEST_P(EveryCandidate, MeetsTheOracle) {
  expect_all_right(GetParam(), [](const Problem &problem, const Platform &platform) {
    return candidates(problem, platform.target);
  });
}

INSTANTIATE_TEST_SUITE_P(Shapes, EveryCandidate,
                         testing::Values("ic16ih7oc23kh3ph1", // rows and columns skipped, a masked vector
                                         "ic20ih6iw13oc5kh3kw5ph2pw2sh2", // uneven edges, few channels
                                         "g2ic32ih5oc12kh2ph1",           // groups, padding at the start
                                         "mb2ic24ih3oc40kh1"));           // pointwise

class DownTheColumns : public testing::TestWithParam<const char *> {};

TEST_P(DownTheColumns, MeetsTheOracle) {
  expect_all_right(GetParam(), winograd_down_plans);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, DownTheColumns,
    testing::Values("mb2ic3ih23iw21oc37oh23ow21kh3kw3ph1pw1",    // last tiles of fewer rows
                    "ic4ih33iw40oc20oh17ow20kh5kw4sh2sw2ph2pw1", // stride 2, uneven padding
                    "ic1ih37iw30oc40oh31ow24kh7kw7ph0pw0"));     // one channel, no padding

} // namespace
} // namespace convforge
