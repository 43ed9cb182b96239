#include "budgeted_contest.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace convforge {

namespace {

using Clock = std::chrono::steady_clock;

constexpr double least_slice_seconds = 0.001;   // some 40 samples of a short call
constexpr double calls_beside_slice = 4;        // of a turn: to find how many calls a sample takes
constexpr double seconds_to_know_a_call = 0.01; // one sample may have been interrupted
constexpr double bytes_filled_per_second = 1e9; // of memory that is touched for the first time

class Contest {
public:
  Contest(const KernelMaker &maker, const Problem &problem, const ContestBudget &budget)
      : maker_(maker), problem_(problem), end_(budget.end), compile_seconds_(budget.compile_seconds),
        tensors_(problem), bytes_(tensor_bytes(problem)) {}

  BudgetedResult run(const std::vector<Plan> &plans, const MadeKernel &models) {
    enter(models);
    if (field_.empty())
      return {.winner = models, .whole = true};
    call_seconds_ = field_.front()->time(tensors_, seconds_to_know_a_call);
    const bool all = invite(plans);
    if (field_.size() < 2)
      return {.winner = models, .whole = all};
    const double slice = slice_seconds();
    const ContestResult result =
        contest(problem_, field_, tensors_, {.slice_seconds = slice}, [this] { return left() <= 0; });
    return {field_.size(), made_[result.winner], result.seconds, result.model_seconds,
            all && left() > 0 && slice >= ContestRules{}.slice_seconds};
  }

private:
  /// Seconds.
  double left() const { return std::chrono::duration<double>(end_ - Clock::now()).count(); }
  double turns_take(std::size_t contestants, double slice) const {
    return turns_of(contestants) * (slice + calls_beside_slice * call_seconds_);
  }
  bool has_time_for_another() const {
    return left() >= compile_seconds_ + turns_take(field_.size() + 1, least_slice_seconds);
  }
  /// As long as the race's own, or as the time that is left allows.
  double slice_seconds() const {
    const double spare = left() - turns_take(field_.size(), 0);
    return std::clamp(spare / turns_of(field_.size()), least_slice_seconds, ContestRules{}.slice_seconds);
  }

  /// The others, as far as time goes; answers whether it did for all.
  bool invite(const std::vector<Plan> &plans) {
    for (std::size_t i = 1; i < plans.size(); ++i) {
      if (!has_time_for_another())
        return false;
      challenge(plans[i]);
    }
    return true;
  }

  void challenge(const Plan &plan) {
    const auto begin = Clock::now();
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - begin);
    const Result<MadeKernel> made = maker_.make(problem_, plan, limit);
    if (!made || made->origin == JitKernel::Origin::compiled)
      compile_seconds_ =
          std::max(compile_seconds_, std::chrono::duration<double>(Clock::now() - begin).count());
    try {
      if (made)
        enter(*made);
    } catch (const RuntimeError &) {
      return; // it stays out, as one that does not compile
    }
  }

  /// Leaves out who takes more memory than there is to be.
  void enter(const MadeKernel &made) {
    auto contestant = std::make_unique<Contestant>(made.artefact->plan, made.kernel);
    if (bytes_ + contestant->bytes() > most_contest_bytes)
      return;
    contestant->warm_up(tensors_);
    bytes_ += contestant->bytes();
    field_.push_back(std::move(contestant));
    made_.push_back(made);
  }

  const KernelMaker &maker_;
  const Problem &problem_;
  const Clock::time_point end_;
  double compile_seconds_, call_seconds_ = 0;
  TuningTensors tensors_;
  std::size_t bytes_;
  Field field_;
  std::vector<MadeKernel> made_; // those of the field
};

/// Is there time for tensors, a compilation and a race of two?
bool worth_beginning(const Problem &problem, const ContestBudget &budget) {
  const double left = std::chrono::duration<double>(budget.end - Clock::now()).count();
  return left >= budget.compile_seconds +
                     static_cast<double>(tensor_bytes(problem)) / bytes_filled_per_second +
                     turns_of(2) * least_slice_seconds;
}

} // namespace

BudgetedResult budgeted_contest(const KernelMaker &maker, const Problem &problem,
                                const std::vector<Plan> &plans, const MadeKernel &models,
                                const ContestBudget &budget) {
  if (plans.size() < 2 || !worth_beginning(problem, budget))
    return {.winner = models, .whole = plans.size() < 2};
  return Contest(maker, problem, budget).run(plans, models);
}

} // namespace convforge
