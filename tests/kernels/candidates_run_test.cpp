// Candidates compute their problem, not only the planner's first choice: the tuner may take any. Of each
// algorithm every few, the targets taking turns; in the long run all.
#include "artefact/artefact.hpp"
#include "compiler/compile.hpp"
#include "kernels/every.hpp"
#include "loader.hpp"
#include "plan/plan_json.hpp"
#include "planner/candidate.hpp"
#include "planner/winograd_down/winograd_down_family.hpp"
#include "verify/check.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

#include <map>

namespace convforge {
namespace {

const int every = one_in(5, 1);

using Plans = std::vector<Candidate> (*)(const Problem &, const Platform &);

void expect_all_right(const char *line, Plans plans) {
  Problem problem = parse_problem_line(line);
  problem.epilogue = Epilogue::parse("bias,relu");
  std::map<Algorithm, int> seen;
  for (const Target &target : all_targets()) {
    if (!runs_here(target) || !has_kernels(target, problem.types))
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

INSTANTIATE_TEST_SUITE_P(
    EightBits, EveryCandidate,
    testing::Values("ic48ih6iw29oc23kh3kw3ph1pw1 --dtype u8:s8:u8", // padding of 0: taps are left out
                    "ic48ih5iw7oc40kh3kw5sh2sw2ph1pw2 --dtype u8:s8:u8",
                    "ic64ih9oc40kh3ph2dh1 --dtype u8:s8:u8", "g2ic32ih5oc6kh3ph1 --dtype s8:s8:s8",
                    "mb2ic24ih3oc40kh1 --dtype s8:s8:f32"));

INSTANTIATE_TEST_SUITE_P(PaddingModes, EveryCandidate,
                         testing::Values("ic16ih7iw9oc23kh3kw3ph1pw1 --padding-mode reflect",
                                         "g24ic24ih9oc24kh3ph1 --padding-mode circular",
                                         "g12ic12ih9oc24kh3ph1 --layout nchw --padding-mode replicate",
                                         "ic16ih12oc20kh3ph2dh1 --layout nchw --padding-mode reflect",
                                         "ic5id3ih4oc20kd3kh3pd1ph1 --padding-mode circular"));

class DownTheColumns : public testing::TestWithParam<const char *> {};

TEST_P(DownTheColumns, MeetsTheOracle) {
  expect_all_right(GetParam(), winograd_down_plans);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, DownTheColumns,
    testing::Values("mb2ic3ih23iw21oc37oh23ow21kh3kw3ph1pw1",    // last tiles of fewer rows
                    "ic4ih33iw40oc20oh17ow20kh5kw4sh2sw2ph2pw1", // stride 2, uneven padding
                    "ic1ih37iw30oc40oh31ow24kh7kw7ph0pw0",       // one channel, no padding
                    "ic3ih23iw21oc37oh23ow21kh3kw3ph1pw1 --padding-mode reflect",
                    "ic3ih23iw21oc37kh5kw5ph2pw2 --layout nhwc --padding-mode circular"));

} // namespace
} // namespace convforge
