#include "tuner/tuner.hpp"

#include "base/error.hpp"
#include "base/for_each_index.hpp"
#include "compiler/compile.hpp"
#include "loader.hpp"
#include "plan/plan_json.hpp"
#include "planner/candidate.hpp"
#include "planner/planner.hpp"
#include "race/entrants.hpp"
#include "tuner/neighbours.hpp"
#include "verify/check.hpp"

#include <algorithm>
#include <exception>
#include <fmt/format.h>
#include <memory>
#include <utility>
#include <vector>

namespace convforge {
namespace {

std::unique_ptr<Contestant> compiled(const Problem &problem, const Plan &plan, const Target &target) {
  const std::shared_ptr<LoadedKernel> loaded = LoadedKernel::load(compile(problem, plan, target, "conv"));
  return std::make_unique<Contestant>(plan,
                                      std::shared_ptr<const convforge_kernel>(loaded, loaded->kernel()));
}

/// One problem's tuning. The first contestant is the model's choice.
class Session {
public:
  Session(const Problem &problem, const Target &target, const Machine &machine, const TuneRules &rules,
          const std::function<bool()> &stop)
      : problem_(problem), target_(target), machine_(machine), rules_(rules), stop_(stop), tensors_(problem) {
  }

  TuneReport run() {
    enter(model_plans());
    ContestResult result = measure();
    if (!stop_()) {
      keep(result.winner);
      enter(near(field_.back()->plan()));
      result = measure();
    }
    return report(result);
  }

private:
  /// The planner's choice first: of a kernel for any machine, not the cheapest on the least one.
  std::vector<Plan> model_plans() const {
    std::vector<Plan> plans =
        entrants(candidates(problem_, target_, machine_), {.most = rules_.most_candidates});
    plans.insert(plans.begin(), make_plan(problem_, target_, {.machine = machine_}));
    for (Plan &plan : plans)
      plan.why.clear();
    plans.erase(std::remove(plans.begin() + 1, plans.end(), plans.front()), plans.end());
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
        ready[i] = compiled(problem_, plans[i], target_);
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

  ContestResult measure() { return contest(problem_, field_, tensors_, rules_.contest, stop_); }

  /// The model's choice and the winner run on.
  void keep(std::size_t winner) {
    Field kept;
    kept.push_back(std::move(field_[0]));
    if (winner != 0)
      kept.push_back(std::move(field_[winner]));
    field_ = std::move(kept);
  }

  TuneReport report(const ContestResult &result) const {
    const Contestant &contestant = *field_[result.winner];
    if (result.winner != 0)
      if (const CheckResult check = check_kernel(problem_, contestant.kernel(), 1); !check.passed)
        throw Error(fmt::format("the plan {} computes {} for {} wrongly: {}", plan_text(contestant.plan()),
                                problem_.canonical(), target_.name, check.failure));
    return {{contestant.plan(), 1e6 * result.seconds, 1e6 * result.model_seconds}, entered_.size()};
  }

  const Problem &problem_;
  const Target &target_;
  const Machine &machine_;
  const TuneRules &rules_;
  const std::function<bool()> &stop_;
  TuningTensors tensors_;
  Field field_;
  std::vector<Plan> entered_;
};

} // namespace

TuneReport tune(const Problem &problem, const Target &target, const Machine &machine, const TuneRules &rules,
                const std::function<bool()> &stop) {
  return Session(problem, target, machine, rules, stop).run();
}

} // namespace convforge
