#include "planner/planner.hpp"

#include "base/error.hpp"
#include "plan/pointwise.hpp"
#include "planner/element_types.hpp"
#include "planner/tuned.hpp"
#include "planner/winograd/winograd_forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace convforge {

namespace {

/// An algorithm as the planner sees it: who proposes its plans, and what it needs.
struct Family {
  Algorithm algorithm;
  std::vector<Candidate> (*plans)(const Problem &, const Target &);
  const char *suits; ///< why it applies, said of a problem that it applies to
  const char *needs; ///< said when it was asked for and does not apply
};

// Of equally fast candidates the one further up wins.
constexpr std::array<Family, 4> families{{
    {Algorithm::depthwise, depthwise_plans, "one input channel per output channel",
     "as many groups as input channels, and more than one"},
    {Algorithm::pointwise, pointwise_plans, "1x1 kernel, stride 1, no padding: all pixels in one row",
     "a 1x1 kernel, stride 1 and no padding"},
    {Algorithm::winograd, winograd_plans, "fewer multiplications in tiles of outputs",
     "stride 1 or 2, a dense kernel of 2 to 7 taps, several input channels per group, and math that allows "
     "its "
     "error"},
    {Algorithm::direct, direct_plans, "a general filter window", "nothing"},
}};

const Family &family_of(Algorithm algorithm) {
  return *std::ranges::find(families, algorithm, &Family::algorithm);
}

std::optional<Algorithm> named(const std::string &name) {
  if (name == "auto") {
    return std::nullopt;
  }
  std::string names = "auto";
  for (const Family &family : families) {
    if (name == name_of(family.algorithm)) {
      return family.algorithm;
    }
    names += ", " + name_of(family.algorithm);
  }
  fail("algorithm", name, names);
}

std::string explain_choice(const Candidate &winner, const Problem &problem, bool asked_for) {
  const Family &family = family_of(winner.plan.algorithm);
  return fmt::format("{} ({}); {}, predicted {:.3g} multiply-adds per cycle", name_of(family.algorithm),
                     asked_for ? "asked for" : family.suits, winner.reason,
                     double(problem.multiply_adds()) / winner.cycles());
}

/// All families' candidates, in the order of the families.
std::vector<Candidate> proposals(const Problem &problem, const Target &target) {
  problem.validate();
  check_types(problem, target);
  std::vector<Candidate> all;
  for (const Family &family : families) {
    if (family.algorithm == Algorithm::winograd && problem.layout == Layout::nchw) {
      continue; // right, but its gathers and scatters are not tuned: on request
    }
    std::ranges::move(family.plans(problem, target), std::back_inserter(all));
  }
  return all;
}

/// The cheapest; of equally cheap ones the first.
Plan best_plan(const std::vector<Candidate> &all, const Problem &problem, bool asked_for) {
  const Candidate &winner = *std::ranges::min_element(all, {}, &Candidate::cycles);
  Plan plan = winner.plan;
  plan.why = explain_choice(winner, problem, asked_for);
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

std::vector<Candidate> candidates(const Problem &problem, const Target &target) {
  std::vector<Candidate> all = proposals(problem, target);
  std::ranges::stable_sort(all, {}, &Candidate::cycles);
  for (Candidate &candidate : all) {
    candidate.plan.why = explain_choice(candidate, problem, false);
  }
  return all;
}

Plan make_plan(const Problem &problem, const Target &target, const std::string &algorithm) {
  const std::optional<Algorithm> wanted = named(algorithm);
  if (!wanted) {
    const std::optional<Plan> tuned = tuned_plan(problem, target);
    return tuned ? *tuned : best_plan(proposals(problem, target), problem, false);
  }
  problem.validate();
  check_types(problem, target);
  const Family &family = family_of(*wanted);
  const std::vector<Candidate> all = family.plans(problem, target);
  if (all.empty()) {
    const std::string why = *wanted == Algorithm::winograd ? winograd_obstacle(problem) : family.needs;
    fail("algorithm", algorithm, fmt::format("direct or auto: {} needs {}", algorithm, why));
  }
  return best_plan(all, problem, true);
}

} // namespace convforge
