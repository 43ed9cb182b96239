#include "run_time_tuner.hpp"

#include "budgeted_contest.hpp"
#include "choice.hpp"
#include "key.hpp"
#include "planner/planner.hpp"
#include "race/entrants.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <utility>

namespace convforge {

namespace {

using Clock = std::chrono::steady_clock;

/// The model's best few. Its choices take up to 1.7 times the least found (docs/tuning.md): what it thinks
/// twice as slow is not worth a compilation.
constexpr EntrantRules entrant_rules = {.most = 8, .most_times_the_choice = 2};
/// Where none was timed, as the model's kernel was there.
constexpr double usual_compile_seconds = 0.1;
constexpr std::chrono::hours longest{24}; // so that no clock overflows

} // namespace

RunTimeTuner::Answer RunTimeTuner::kernel(const Problem &problem) const {
  if (rules_.algorithm == "auto")
    if (const std::optional<Plan> plan = tuned_plan(problem, target_, tuning_).plan)
      return {stored(problem, *plan)};
  const std::vector<Candidate> proposed = proposals(problem);
  if (std::optional<Result<MadeKernel>> known = chosen_before(problem, proposed))
    return {std::move(*known)};
  return tuned(problem, proposed);
}

/// The model's choice first; never empty.
std::vector<Candidate> RunTimeTuner::proposals(const Problem &problem) const {
  if (rules_.algorithm == "auto")
    return candidates(problem, target_, tuning_.machine);
  const Plan asked_for = make_plan(problem, target_, tuning_, rules_.algorithm);
  std::vector<Candidate> list = candidates(problem, target_, tuning_.machine);
  std::erase_if(list,
                [&](const Candidate &candidate) { return candidate.plan.algorithm != asked_for.algorithm; });
  list.front().plan.why = asked_for.why;
  return list;
}

std::string RunTimeTuner::key_of(const Problem &problem) const {
  return choice_key(problem, target_, tuning_.machine.name, rules_.algorithm);
}

Result<MadeKernel> RunTimeTuner::stored(const Problem &problem, const Plan &plan) const {
  Result<MadeKernel> made = maker_.make(problem, plan);
  if (made)
    maker_.store(*made);
  return made;
}

std::optional<Result<MadeKernel>> RunTimeTuner::chosen_before(const Problem &problem,
                                                              const std::vector<Candidate> &proposed) const {
  const std::optional<Choice> choice = disk_ ? disk_->load_choice(key_of(problem)) : std::nullopt;
  if (!choice || !choice->holds_for(static_cast<std::uint64_t>(rules_.budget.count())))
    return std::nullopt;
  if (choice->contestants == 0)
    return stored(problem, proposed.front().plan);
  const std::optional<Plan> plan = chosen_plan(*choice, proposed, tuning_.machine.name);
  return plan ? std::optional(stored(problem, *plan)) : std::nullopt;
}

/// Compiles the model's choice, then races it.
RunTimeTuner::Answer RunTimeTuner::tuned(const Problem &problem,
                                         const std::vector<Candidate> &proposed) const {
  const auto begin = Clock::now();
  const Result<MadeKernel> models = maker_.make(problem, proposed.front().plan);
  const auto spent = Clock::now() - begin; // waiting for a turn is not
  if (!models)
    return {models};
  try {
    if (tensor_bytes(problem) <= most_contest_bytes) {
      const std::lock_guard turn(turn_.get().mutex);
      if (std::optional<Result<MadeKernel>> known = chosen_before(problem, proposed)) // meanwhile
        return {std::move(*known)};
      return raced(problem, proposed, *models, spent);
    }
  } catch (const std::exception &error) { // no memory, a kernel that does not run
    verbose_.say("{} for {}: not measured: {}", problem.canonical(), target_.name, error.what());
  }
  maker_.store(*models);
  return {models};
}

RunTimeTuner::Answer RunTimeTuner::raced(const Problem &problem, const std::vector<Candidate> &proposed,
                                         const MadeKernel &models, std::chrono::nanoseconds spent) const {
  const bool compiled = models.origin == JitKernel::Origin::compiled;
  const ContestBudget budget{
      .end = Clock::now() + std::min<std::chrono::milliseconds>(rules_.budget, longest) - spent,
      .compile_seconds = compiled ? std::chrono::duration<double>(spent).count() : usual_compile_seconds};
  const BudgetedResult result =
      budgeted_contest(maker_, problem, entrants(proposed, entrant_rules), models, budget);
  Choice choice{.budget_ms = static_cast<std::uint64_t>(rules_.budget.count()), .whole = result.whole};
  MadeKernel made = result.winner;
  if (result.contestants > 0) {
    choice.contestants = result.contestants;
    choice.seconds = result.seconds, choice.model_seconds = result.model_seconds;
    choice.plan = name_in_choice(made.artefact->plan);
    if (const auto plan = chosen_plan(choice, proposed, tuning_.machine.name)) // it is one of them
      made = maker_.with_reason(made, plan->why);
  }
  verbose_.say("{} for {}: {} plans measured within {} ms; {}", problem.canonical(), target_.name,
               result.contestants, rules_.budget.count(), made.artefact->plan.why);
  maker_.store(made); // before the choice, which is to find it
  if (disk_)
    disk_->store_choice(key_of(problem), choice);
  return {std::move(made), result.contestants > 0};
}

} // namespace convforge
