#include "planner/planner.hpp"

#include "base/error.hpp"
#include "plan/channels_last.hpp"
#include "planner/element_types.hpp"
#include "planner/family.hpp"
#include "planner/phase_plans.hpp"
#include "planner/transposed_plans.hpp"
#include "planner/tuned.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

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

std::string explain_choice(const Candidate &winner, const Problem &problem, bool asked_for) {
  const Family &family = family_of(winner.plan, planned_problem(problem, winner.plan));
  return fmt::format("{} ({}); {}, predicted {:.3g} multiply-adds per cycle", name_of(family.algorithm),
                     asked_for ? "asked for" : family.suits, winner.reason,
                     double(problem.multiply_adds()) / winner.cycles());
}

/// The candidates of those families, in their order, that `wanted` is true of.
template <typename Wanted>
std::vector<Candidate> proposals(const Problem &problem, const Platform &platform, const Wanted &wanted) {
  problem.validate();
  check_types(problem, platform.target);
  std::vector<Candidate> all;
  for (const Family *family : families())
    if (wanted(*family)) {
      std::ranges::move(family->plans(problem, platform), std::back_inserter(all));
      std::ranges::move(transposed_plans(*family, problem, platform), std::back_inserter(all));
      std::ranges::move(phase_plans(*family, problem, platform), std::back_inserter(all));
    }
  return all;
}

/// Where no algorithm is asked for.
std::vector<Candidate> proposals(const Problem &problem, const Platform &platform) {
  return proposals(problem, platform, [](const Family &) { return true; });
}

/// The cheapest; of equally cheap ones the first.
Plan best_plan(const std::vector<Candidate> &all, const Problem &problem, bool asked_for) {
  const Candidate &winner = *std::ranges::min_element(all, {}, &Candidate::cycles);
  Plan plan = winner.plan;
  plan.why = explain_choice(winner, problem, asked_for);
  return plan;
}

/// `passed_over`: why a plan that was measured is not taken, or empty.
Plan models_plan(const Problem &problem, const Platform &platform, const std::string &passed_over) {
  Plan plan = best_plan(proposals(problem, platform), problem, false);
  if (!passed_over.empty())
    plan.why += fmt::format("; a tuned plan does not fit: {}", passed_over);
  return plan;
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
    candidate.plan.why = explain_choice(candidate, problem, false);
  return all;
}

Plan make_plan(const Problem &problem, const Target &target, const Tuning &tuning,
               const std::string &algorithm) {
  const Platform platform(target, tuning.machine);
  const Family *wanted = named(algorithm);
  if (!wanted) {
    const TunedAnswer tuned = tuned_plan(problem, target, tuning);
    return tuned.plan ? *tuned.plan : models_plan(problem, platform, tuned.passed_over);
  }
  const std::vector<Candidate> all = proposals(
      problem, platform, [&](const Family &family) { return family.algorithm == wanted->algorithm; });
  if (all.empty()) {
    fail("algorithm", algorithm,
         fmt::format("direct or auto: {} needs {}", algorithm, wanted->needs(problem)));
  }
  return best_plan(all, problem, true);
}

} // namespace convforge
