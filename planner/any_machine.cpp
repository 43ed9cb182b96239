#include "planner/any_machine.hpp"

#include "planner/proposals.hpp"
#include "planner/rearranged_plans.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace convforge {

namespace {

/// What is proposed for one machine.
struct Planned {
  Platform platform;
  std::vector<Candidate> proposed;
  const Candidate &best() const { return *std::ranges::min_element(proposed, {}, &Candidate::cycles); }
};

std::vector<Planned> plan_each(const Problem &problem, const Target &target, std::optional<Algorithm> only) {
  std::vector<Planned> all;
  for (const Machine &machine : machines_of(target)) {
    const Platform platform(target, machine);
    all.push_back({platform, proposals(problem, platform, only)});
  }
  return all;
}

/// Losses over the machines, in the order by which plans are preferred.
struct Losses {
  double worst = std::numeric_limits<double>::infinity(), mean = worst;
  auto operator<=>(const Losses &) const = default;
};

class Choice {
public:
  Choice(const Problem &problem, const std::vector<Planned> &machines)
      : problem_(problem), machines_(machines), best_(&machines.front().best()) {
    for (const Planned &machine : machines)
      least_.push_back(machine.best().cycles());
  }

  /// The machines' own best plans first: their losses leave few others to be priced on every machine, most of
  /// which lose more than that where they were proposed.
  AnyMachineChoice make() {
    for (const Planned &machine : machines_)
      consider(machine.best());
    for (std::size_t i = 0; i < machines_.size(); i++)
      for (const Candidate &candidate : machines_[i].proposed)
        if (candidate.cycles() / least_[i] <= losses_.worst)
          consider(candidate);
    AnyMachineChoice choice{*best_, losses_.worst, machines_.size()};
    choice.candidate.cost = cost_of(best_->plan, problem_, machines_.front().platform);
    return choice;
  }

private:
  /// Machines propose much the same: each plan is priced once.
  void consider(const Candidate &candidate) {
    const auto same = [&](const Candidate *other) { return other->plan == candidate.plan; };
    if (std::ranges::any_of(priced_, same))
      return;
    priced_.push_back(&candidate);
    if (const Losses losses = losses_of(candidate.plan); losses < losses_) {
      losses_ = losses;
      best_ = &candidate;
    }
  }

  Losses losses_of(const Plan &plan) const {
    Losses losses{0, 0};
    for (std::size_t i = 0; i < machines_.size() && losses.worst <= losses_.worst; i++) {
      const double loss = cost_of(plan, problem_, machines_[i].platform).total() / least_[i];
      losses.worst = std::max(losses.worst, loss);
      losses.mean += loss / double(machines_.size());
    }
    return losses;
  }

  const Problem &problem_;
  const std::vector<Planned> &machines_;
  std::vector<double> least_; ///< of each machine's proposals
  std::vector<const Candidate *> priced_;
  Losses losses_;
  const Candidate *best_;
};

} // namespace

std::vector<MachineTime> times_by_machine(const Plan &plan, const Problem &problem, const Target &target) {
  std::vector<MachineTime> times;
  for (const Machine &machine : machines_of(target)) {
    const Planned planned{Platform(target, machine), proposals(problem, Platform(target, machine))};
    times.push_back(
        {machine.name, cost_of(plan, problem, planned.platform).total(), planned.best().cycles()});
  }
  return times;
}

std::optional<AnyMachineChoice> choose_for_any_machine(const Problem &problem, const Target &target,
                                                       std::optional<Algorithm> only) {
  const std::vector<Planned> machines = plan_each(problem, target, only);
  if (machines.front().proposed.empty())
    return {};
  return Choice(problem, machines).make();
}

} // namespace convforge
