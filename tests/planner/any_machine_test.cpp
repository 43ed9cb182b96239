// Kernels for any machine: the plan whose worst loss over the machines is least.
#include "float_targets.hpp"
#include "planner/any_machine.hpp"

#include "kernels/layers.hpp"
#include "messages.hpp"
#include "planner/check_plan.hpp"
#include "planner/family.hpp"
#include "planner/planner.hpp"
#include "planner/rearranged_plans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fmt/format.h>

namespace convforge {
namespace {

/// The machines that run a target, each with the candidates for it.
class Machines {
public:
  Machines(const Problem &problem, const Target &target) : problem_(problem) {
    for (const Machine &machine : machines_of(target)) {
      platforms_.emplace_back(target, machine);
      candidates_.push_back(candidates(problem, target, machine));
    }
  }

  double worst_loss(const Plan &plan) const {
    double worst = 0;
    for (std::size_t i = 0; i < platforms_.size(); i++)
      worst = std::max(worst, cost_of(plan, problem_, platforms_[i]).total() / best(i).cycles());
    return worst;
  }

  const Candidate &best(std::size_t machine) const { return candidates_[machine].front(); }
  const std::vector<std::vector<Candidate>> &all() const { return candidates_; }
  const Platform &platform(std::size_t machine) const { return platforms_[machine]; }

private:
  const Problem &problem_;
  std::vector<Platform> platforms_;
  std::vector<std::vector<Candidate>> candidates_;
};

/// With every layer in both layouts and every target that several machines run.
template <typename Visit>
void for_each_layer(const std::vector<Problem> &layers, const Visit &visit) {
  for (Problem layer : layers)
    for (layer.layout = Layout::nhwc;; layer.layout = Layout::nchw) {
      for (const Target &target : targets_of_floats())
        if (machines_of(target).size() > 1) {
          SCOPED_TRACE(layer.canonical() + " " + std::string(target.name));
          visit(layer, target);
        }
      if (layer.layout == Layout::nchw)
        break;
    }
}

TEST(AnyMachine, APlansPriceIsWhatItWasProposedFor) {
  for_each_layer(read_layers("odd"), [](const Problem &layer, const Target &target) {
    const Machines machines(layer, target);
    for (std::size_t i = 0; i < machines.all().size(); i++)
      for (const Candidate &candidate : machines.all()[i])
        EXPECT_EQ(cost_of(candidate.plan, layer, machines.platform(i)).total(), candidate.cycles())
            << i << ": " << candidate.plan.why;
  });
}

TEST(AnyMachine, NoMachinesOwnPlanHasASmallerWorstLoss) {
  for_each_layer(all_layers(), [](const Problem &layer, const Target &target) {
    const Plan plan = make_plan(layer, target);
    EXPECT_NO_THROW(check_plan(plan, layer, target));
    const Machines machines(layer, target);
    for (std::size_t i = 0; i < machines.all().size(); i++)
      EXPECT_LE(machines.worst_loss(plan), machines.worst_loss(machines.best(i).plan)) << i;
  });
}

// The planner leaves out what loses more where it was proposed than a plan that it knows.
TEST(AnyMachine, NoOtherCandidateHasASmallerWorstLoss) {
  const std::vector<Problem> layers = read_layers("odd");
  for_each_layer({layers.begin(), layers.begin() + 5}, [](const Problem &layer, const Target &target) {
    const Machines machines(layer, target);
    const double worst = machines.worst_loss(make_plan(layer, target));
    for (const std::vector<Candidate> &candidates : machines.all())
      for (const Candidate &candidate : candidates)
        EXPECT_LE(worst, machines.worst_loss(candidate.plan)) << candidate.plan.why;
  });
}

TEST(AnyMachine, APlansTimesAreThoseOfEachMachineBesideItsBest) {
  const Problem problem = Problem::parse("ic512ih14oc512kh3ph1");
  const Target &target = find_target("x86-64-avx2");
  const Machines machines(problem, target);
  const Plan plan = make_plan(problem, target);
  const std::vector<MachineTime> times = times_by_machine(plan, problem, target);
  ASSERT_EQ(times.size(), machines.all().size());
  double worst = 0;
  for (std::size_t i = 0; i < times.size(); i++) {
    EXPECT_EQ(times[i].machine, machines_of(target)[i].name);
    EXPECT_EQ(times[i].cycles, cost_of(plan, problem, machines.platform(i)).total());
    EXPECT_EQ(times[i].least, machines.best(i).cycles());
    worst = std::max(worst, times[i].loss());
  }
  EXPECT_EQ(worst, machines.worst_loss(plan));
}

TEST(AnyMachine, IsPlannedTheSameEveryTimeAndSaysWhatItLosesAtMost) {
  const Problem problem = Problem::parse("ic512ih14oc512kh3ph1");
  const Target &target = find_target("x86-64-avx2");
  const Plan plan = make_plan(problem, target);
  EXPECT_EQ(make_plan(problem, target, {.machine = find_machine("generic")}), plan);
  const std::string text =
      fmt::format("on the least of {} machines; on each at most 1.", machines_of(target).size());
  EXPECT_TRUE(contains(plan.why, text)) << plan.why;
}

TEST(AnyMachine, OfOneRowIsThatOfTheLeastMachine) {
  for (const char *target : {"arm-64-neon", "arm-64-neon-inorder"})
    for (const Problem &layer : all_layers()) {
      const Plan plan = make_plan(layer, find_target(target));
      EXPECT_EQ(plan, candidates(layer, find_target(target)).front().plan) << layer.canonical();
    }
}

TEST(AnyMachine, AnAlgorithmAskedForIsWeighedOnEachMachineAsWell) {
  const Problem problem = Problem::parse("ic256ih14oc256kh3ph1");
  const Target &target = find_target("x86-64-avx2");
  const Plan plan = make_plan(problem, target, {}, "direct");
  EXPECT_EQ(plan.algorithm, Algorithm::direct);
  EXPECT_TRUE(contains(plan.why, "machines")) << plan.why;
  EXPECT_THROW(make_plan(problem, target, {}, "depthwise"), Error);
}

} // namespace
} // namespace convforge
