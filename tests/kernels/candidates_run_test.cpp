// Every candidate computes its problem, not only the planner's first choice: the tuner may take any.
#include "artefact/artefact.hpp"
#include "candidate.hpp"
#include "loader.hpp"
#include "plan/plan_json.hpp"
#include "verify/check.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

class EveryCandidate : public testing::TestWithParam<const char *> {};

TEST_P(EveryCandidate, MeetsTheOracle) {
  Problem problem = Problem::parse(GetParam());
  problem.epilogue = Epilogue::parse("bias,relu");
  for (const Target &target : all_targets()) {
    if (!runs_here(target)) {
      continue;
    }
    for (const Candidate &candidate : candidates(problem, target)) {
      SCOPED_TRACE(std::string(target.name) + " " + plan_text(candidate.plan));
      const auto loaded = LoadedKernel::load(compile(problem, candidate.plan, target, "kernel"));
      const CheckResult result = check_kernel(problem, *loaded->kernel(), 1);
      EXPECT_TRUE(result.passed) << result.failure;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, EveryCandidate,
                         testing::Values("ic16ih7oc23kh3ph1", // rows and columns skipped, a masked vector
                                         "ic20ih6iw13oc5kh3kw5ph2pw2sh2", // uneven edges, few channels
                                         "g2ic32ih5oc12kh2ph1",           // groups, padding at the start
                                         "mb2ic24ih3oc40kh1"));           // pointwise

} // namespace
} // namespace convforge
