#include "planner/planner.hpp"

#include "base/error.hpp"
#include "plan/channels_last.hpp"
#include "planner/any_machine.hpp"
#include "planner/family.hpp"
#include "planner/proposals.hpp"
#include "planner/tuned.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace convforge {

namespace {

/// The family that stands for the algorithm of that name, null for auto. Forms of it have the same name.
const Family *named(const std::string &name) {
  if (name == "auto")
    return nullptr;
  std::string names = "auto";
  for (const Family *family : families()) {
    if (family->owns)
      continue;
    if (name == name_of(family->algorithm))
      return family;
    names += ", " + name_of(family->algorithm);
  }
  fail("algorithm", name, names);
}

std::optional<Algorithm> algorithm_of(const Family *asked_for) {
  return asked_for ? std::optional(asked_for->algorithm) : std::nullopt;
}

std::string explain_choice(const Candidate &winner, const Problem &problem, const Family *asked_for) {
  const Family &family = family_of(winner.plan, planned_problem(problem, winner.plan));
  return fmt::format("{} ({}); {}, predicted {:.3g} multiply-adds per cycle", name_of(family.algorithm),
                     asked_for ? "asked for" : family.suits, winner.reason,
                     double(problem.multiply_adds()) / winner.cycles());
}

std::string explain_loss(const AnyMachineChoice &choice) {
  if (choice.machines == 1)
    return {};
  return fmt::format(" on the least of {} machines; on each at most {:.2f} times the best plan's time",
                     choice.machines, choice.worst_loss);
}

[[noreturn]] void refuse(const Family *asked_for, const Problem &problem) {
  const std::string name = asked_for ? std::string(name_of(asked_for->algorithm)) : "auto";
  fail("algorithm", name,
       fmt::format("direct or auto: {} needs {}", name, asked_for ? asked_for->needs(problem) : "nothing"));
}

/// The cheapest on one machine; of equally cheap ones the first.
Plan plan_for_machine(const Problem &problem, const Platform &platform, const Family *asked_for) {
  std::vector<Candidate> all = proposals(problem, platform, algorithm_of(asked_for));
  if (all.empty())
    refuse(asked_for, problem);
  Candidate &winner = *std::ranges::min_element(all, {}, &Candidate::cycles);
  winner.plan.why = explain_choice(winner, problem, asked_for);
  return std::move(winner.plan);
}

/// That which loses least on any.
Plan plan_for_any_machine(const Problem &problem, const Target &target, const Family *asked_for) {
  std::optional<AnyMachineChoice> choice = choose_for_any_machine(problem, target, algorithm_of(asked_for));
  if (!choice)
    refuse(asked_for, problem);
  Candidate &winner = choice->candidate;
  winner.plan.why = explain_choice(winner, problem, asked_for) + explain_loss(*choice);
  return std::move(winner.plan);
}

} // namespace

Cost &Cost::operator+=(const Cost &other) {
  arithmetic += other.arithmetic;
  transfers += other.transfers;
  copies += other.copies;
  overhead += other.overhead;
  return *this;
}

std::vector<Candidate> candidates(const Problem &problem, const Target &target, const Machine &machine) {
  std::vector<Candidate> all = proposals(problem, Platform(target, machine));
  std::ranges::stable_sort(all, {}, &Candidate::cycles);
  for (Candidate &candidate : all)
    candidate.plan.why = explain_choice(candidate, problem, nullptr);
  return all;
}

Plan make_plan(const Problem &problem, const Target &target, const Tuning &tuning,
               const std::string &algorithm) {
  const Family *asked_for = named(algorithm);
  TunedAnswer tuned;
  if (!asked_for)
    tuned = tuned_plan(problem, target, tuning);
  if (tuned.plan)
    return *tuned.plan;
  Plan plan = tuning.machine.is_any()
                  ? plan_for_any_machine(problem, target, asked_for)
                  : plan_for_machine(problem, Platform(target, tuning.machine), asked_for);
  if (!tuned.passed_over.empty())
    plan.why += fmt::format("; a tuned plan does not fit: {}", tuned.passed_over);
  return plan;
}

} // namespace convforge
