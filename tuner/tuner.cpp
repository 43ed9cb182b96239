#include "tuner/tuner.hpp"

#include "base/error.hpp"
#include "base/for_each_index.hpp"
#include "plan/plan_json.hpp"
#include "planner/candidate.hpp"
#include "planner/sharing.hpp"
#include "tuner/contestant.hpp"
#include "tuner/neighbours.hpp"
#include "verify/check.hpp"

#include <algorithm>
#include <exception>
#include <fmt/format.h>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace convforge {
namespace {

using Field = std::vector<std::unique_ptr<Contestant>>;

/// One problem's tuning. The first contestant is the model's choice.
class Session {
public:
  Session(const Problem &problem, const Target &target, const Machine &machine, const TuneRules &rules,
          const std::function<bool()> &stop)
      : problem_(problem), target_(target), machine_(machine), rules_(rules), stop_(stop), tensors_(problem) {
  }

  TuneReport run() {
    enter(model_plans());
    std::size_t winner = measure();
    if (!stop_()) {
      keep(winner);
      enter(near(field_.back()->plan()));
      winner = measure();
    }
    return report(winner);
  }

private:
  /// The model's best, and the best of every algorithm, however bad the model thinks it.
  std::vector<Plan> model_plans() const {
    std::vector<Plan> plans;
    for (const Candidate &candidate : candidates(problem_, target_, machine_))
      if (plans.size() < rules_.most_candidates ||
          std::ranges::find(plans, candidate.plan.algorithm, &Plan::algorithm) == plans.end())
        plans.push_back(candidate.plan);
    return plans;
  }

  std::vector<Plan> near(const Plan &plan) const {
    std::vector<Plan> plans;
    for (Plan &neighbour : neighbours(plan, problem_, target_))
      if (plans.size() < rules_.most_neighbours)
        plans.push_back(std::move(neighbour));
    return plans;
  }

  /// Compiles plans that have not been in the race yet. One that does not compile stays out, unless it is the
  /// model's own.
  void enter(std::vector<Plan> plans) {
    std::erase_if(plans, [&](Plan &plan) {
      plan.why.clear();
      return std::ranges::find(entered_, plan) != entered_.end();
    });
    Field ready(plans.size());
    for_each_index(plans.size(), rules_.jobs, [&](std::size_t i) {
      try {
        ready[i] = std::make_unique<Contestant>(problem_, plans[i], target_);
      } catch (const std::exception &) {
        if (field_.empty() && i == 0)
          throw;
      }
    });
    for (auto &contestant : ready)
      if (contestant) {
        contestant->warm_up(tensors_);
        field_.push_back(std::move(contestant));
      }
    entered_.insert(entered_.end(), plans.begin(), plans.end());
  }

  /// Times are of one thread; like the model, the race weighs how several would share a plan's tasks.
  double factor(std::size_t i) const { return measured_sharing_factor(field_[i]->plan(), problem_); }

  std::size_t measure() {
    const RaceResult result = race(
        field_.size(),
        [&](std::size_t i) { return factor(i) * field_[i]->time(tensors_, rules_.slice_seconds); },
        rules_.race, stop_);
    const bool noise = result.best[result.winner] > result.best[0] * (1 - rules_.least_gain);
    const std::size_t winner = noise ? 0 : result.winner;
    best_ = result.best[winner] / factor(winner), model_ = result.best[0] / factor(0);
    return winner;
  }

  /// The model's choice and the winner run on.
  void keep(std::size_t winner) {
    Field kept;
    kept.push_back(std::move(field_[0]));
    if (winner != 0)
      kept.push_back(std::move(field_[winner]));
    field_ = std::move(kept);
  }

  TuneReport report(std::size_t winner) const {
    const Contestant &contestant = *field_[winner];
    if (winner != 0)
      if (const CheckResult check = check_kernel(problem_, contestant.kernel(), 1); !check.passed)
        throw Error(fmt::format("the plan {} computes {} for {} wrongly: {}", plan_text(contestant.plan()),
                                problem_.canonical(), target_.name, check.failure));
    return {{contestant.plan(), 1e6 * best_, 1e6 * model_}, entered_.size()};
  }

  const Problem &problem_;
  const Target &target_;
  const Machine &machine_;
  const TuneRules &rules_;
  const std::function<bool()> &stop_;
  TuningTensors tensors_;
  Field field_;
  std::vector<Plan> entered_;
  double best_ = 0, model_ = 0; // seconds, of the last race
};

} // namespace

TuneReport tune(const Problem &problem, const Target &target, const Machine &machine, const TuneRules &rules,
                const std::function<bool()> &stop) {
  return Session(problem, target, machine, rules, stop).run();
}

} // namespace convforge
