#include "kernels/expect_right.hpp"

#include "analysis/sizes.hpp"
#include "artefact/artefact.hpp"
#include "base/error.hpp"
#include "compiler/compile.hpp"
#include "loader.hpp"
#include "plan/plan_json.hpp"
#include "plan/used_channels.hpp"
#include "planner/check_plan.hpp"
#include "verify/check.hpp"

#include <gtest/gtest.h>

namespace convforge {

namespace {

/// Tasks share what is in the workspace only where there is a function of theirs: several tasks.
bool has_tasks(const Plan &plan) {
  return plan.parallel != ParallelAxis::channels || plan.regions.front().blocks() > 1;
}

} // namespace

void expect_right(const Problem &problem, const Plan &plan, const Target &target) {
  SCOPED_TRACE(std::string(target.name) + " " + plan_text(plan));
  check_plan(plan, problem, target);
  const Artefact artefact = compile(problem, plan, target, "kernel");
  if (has_tasks(plan)) {
    EXPECT_NE(shared_workspace(artefact).formula, "") << artefact.workspace_shared_bytes << " bytes shared";
    EXPECT_NE(thread_workspace(artefact).formula, "") << artefact.workspace_thread_bytes << " bytes a thread";
  }
  const auto loaded = LoadedKernel::load(artefact);
  std::vector<std::size_t> order;
  if (leaving_out(plan).leaves_out_channels())
    order = used_weights_first(problem, plan);
  const CheckResult result = check_kernel(problem, *loaded->kernel(), 1, check_threads, order);
  EXPECT_TRUE(result.passed) << result.failure;
}

std::vector<Target> targets_here(const Problem &problem) {
  std::vector<Target> targets;
  for (const Target &target : all_targets())
    if (runs_here(target) && has_kernels(target, problem.types))
      targets.push_back(target);
  return targets;
}

void expect_plan_refused(const Problem &problem, const Plan &plan, const Target &target, const char *words) {
  try {
    check_plan(plan, problem, target);
    ADD_FAILURE() << words;
  } catch (const Error &error) {
    EXPECT_EQ(std::string(error.what()).find(words), 0u) << error.what();
  }
}

} // namespace convforge
