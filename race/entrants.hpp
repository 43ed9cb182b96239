// Which of the model's plans are worth measuring.
#pragma once

#include "plan/plan.hpp"
#include "planner/candidate.hpp"

#include <cstddef>
#include <limits>
#include <vector>

namespace convforge {

struct EntrantRules {
  std::size_t most = 16; ///< plans, beside the best ones of algorithms that these lack
  /// A plan that the model thinks slower than its choice by this factor stays out.
  double most_times_the_choice = std::numeric_limits<double>::infinity();
};

/// Of candidates(): the model's choice first, then the best plan of every other algorithm, then the next best
/// of all. What the model is wrong about is algorithms more than tiles, so that who can measure a few only
/// takes the first ones.
std::vector<Plan> entrants(const std::vector<Candidate> &candidates, const EntrantRules &rules);

} // namespace convforge
