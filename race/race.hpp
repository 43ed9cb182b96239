// A race between plans: successive halving on minima. Everyone runs a slice in turn, so that a slow minute of
// the machine meets all alike; after each round the slower half leaves, but for those so close to the fastest
// that noise may decide. (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter
// optimization", AISTATS 2016.)
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace convforge {

struct RaceRules {
  int rounds = 6;
  double close = 0.03;        ///< within this of the fastest nobody leaves ...
  std::size_t most_close = 6; ///< ... unless there are more than these after the halving
};

struct RaceResult {
  std::size_t winner = 0;
  std::vector<double> best; ///< the least time of each contestant, of the rounds it took part in
};

/// `slice(i)` runs contestant i for a while and answers its least time; infinity takes it out. Contestant 0
/// never leaves: it is what the winner is compared with, so it must be measured as often. Stops early when
/// `stop` says so, but not before the first round is over. Deterministic for the same answers of `slice`.
RaceResult race(std::size_t contestants, const std::function<double(std::size_t)> &slice,
                const RaceRules &rules = {}, const std::function<bool()> &stop = {});

} // namespace convforge
