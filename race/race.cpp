#include "race/race.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace convforge {
namespace {

/// Who runs on: contestant 0, and the faster half of the others.
std::vector<std::size_t> halve(std::vector<std::size_t> running, const std::vector<double> &best,
                               const RaceRules &rules) {
  std::ranges::stable_sort(running, {}, [&](std::size_t i) { return best[i]; });
  const double limit = best[running.front()] * (1 + rules.close);
  const std::size_t half = running.size() / 2; // of size() - 1 others, rounded up
  std::vector<std::size_t> left{0};
  std::size_t place = 0; // among the others
  for (const std::size_t i : running) {
    if (i == 0)
      continue;
    const bool fast = place < half || (best[i] <= limit && place < rules.most_close);
    if (fast && std::isfinite(best[i]))
      left.push_back(i);
    ++place;
  }
  return left;
}

} // namespace

RaceResult race(std::size_t contestants, const std::function<double(std::size_t)> &slice,
                const RaceRules &rules, const std::function<bool()> &stop) {
  RaceResult result{.best = std::vector<double>(contestants, std::numeric_limits<double>::infinity())};
  std::vector<std::size_t> running(contestants);
  std::iota(running.begin(), running.end(), std::size_t{0});
  for (int round = 0; round < rules.rounds; ++round) {
    if (round > 0 && (running.size() == 1 || (stop && stop())))
      break;
    for (const std::size_t i : running)
      result.best[i] = std::min(result.best[i], slice(i));
    running = halve(std::move(running), result.best, rules);
  }
  // Only those who ran to the end were measured as often as each other.
  for (const std::size_t i : running)
    if (result.best[i] < result.best[result.winner])
      result.winner = i;
  return result;
}

} // namespace convforge
