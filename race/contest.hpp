// A race of loaded kernels, timed one at a time.
#pragma once

#include "problem/problem.hpp"
#include "race/contestant.hpp"
#include "race/race.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace convforge {

/// Contestants that are warm, the model's choice first.
using Field = std::vector<std::unique_ptr<Contestant>>;

struct ContestRules {
  double slice_seconds = 0.02; ///< a contestant's turn
  double least_gain = 0.01;    ///< less than this over the model's own choice is noise: that is kept
  RaceRules race;
};

struct ContestResult {
  std::size_t winner = 0;                ///< 0: the model's own choice
  double seconds = 0, model_seconds = 0; ///< the least time of a call on one thread, winner's and model's
};

/// Times are of one thread; like the model, the race weighs how several would share a plan's tasks
/// (measured_sharing_factor()). `stop`: asked before each turn but the model's choice's; when true, whoever
/// has not been timed is out and the best so far is the answer. Measures: nothing else should be busy. Throws
/// RuntimeError when a kernel refuses.
ContestResult contest(const Problem &problem, const Field &field, TuningTensors &tensors,
                      const ContestRules &rules, const std::function<bool()> &stop);

/// Turns that a race of so many contestants takes, if none is close to the fastest: who has little time makes
/// a turn as short as that allows.
int turns_of(std::size_t contestants, const RaceRules &rules = {});

} // namespace convforge
