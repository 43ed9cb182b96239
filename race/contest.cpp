#include "race/contest.hpp"

#include "planner/sharing.hpp"

#include <limits>

namespace convforge {

ContestResult contest(const Problem &problem, const Field &field, TuningTensors &tensors,
                      const ContestRules &rules, const std::function<bool()> &stop) {
  const auto factor = [&](std::size_t i) { return measured_sharing_factor(field[i]->plan(), problem); };
  const auto slice = [&](std::size_t i) {
    if (i != 0 && stop())
      return std::numeric_limits<double>::infinity();
    return factor(i) * field[i]->time(tensors, rules.slice_seconds);
  };
  const RaceResult result = race(field.size(), slice, rules.race, stop);
  const bool noise = result.best[result.winner] > result.best[0] * (1 - rules.least_gain);
  const std::size_t winner = noise ? 0 : result.winner;
  return {winner, result.best[winner] / factor(winner), result.best[0] / factor(0)};
}

int turns_of(std::size_t contestants, const RaceRules &rules) {
  int turns = 0;
  auto running = static_cast<int>(contestants);
  for (int round = 0; round < rules.rounds && running > (round > 0 ? 1 : 0); ++round) {
    turns += running;
    running = 1 + running / 2;
  }
  return turns;
}

} // namespace convforge
