// The tuner: measures the model's best plans and what lies near the fastest of them.
#pragma once

#include "planner/tuned.hpp"
#include "problem/problem.hpp"
#include "race/contest.hpp"
#include "target/machine.hpp"
#include "target/target.hpp"

#include <cstddef>
#include <functional>

namespace convforge {

struct TuneRules {
  std::size_t most_candidates = 16, most_neighbours = 16;
  int jobs = 1; ///< plans compiled at once; they are timed alone
  ContestRules contest;
};

struct TuneReport {
  TunedPlan tuned;
  std::size_t plans = 0; ///< measured
};

/// The fastest plan found for one thread, near what the model proposes for `machine`. The winner, unless it
/// is the model's choice, has been checked against the oracle. `stop`: asked between rounds; when true, the
/// best so far is the answer. Throws Error.
TuneReport tune(const Problem &problem, const Target &target, const Machine &machine, const TuneRules &rules,
                const std::function<bool()> &stop);

} // namespace convforge
