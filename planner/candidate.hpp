// Candidates: the plans that could compute a problem on a platform, each with the time the model predicts.
#pragma once

#include "plan/plan.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

#include <string>
#include <vector>

namespace convforge {

/// Predicted cycles of one call on one thread, by what they are spent on. Arithmetic hides the transfers
/// that it overlaps with (the execution-cache-memory model: Stengel, Treibig, Hager, Wellein, ICS 2015);
/// copies and starts of tiles and tasks come on top.
struct Cost {
  double arithmetic = 0; ///< multiply-adds with the loads from L1 beside them, as far as ports go
  double transfers = 0;  ///< bytes from L2, L3 and memory
  double copies = 0;     ///< padding, transforms
  double overhead = 0;   ///< starts, epilogues and stores of tiles; tasks

  double total() const { return (arithmetic > transfers ? arithmetic : transfers) + copies + overhead; }
  Cost &operator+=(const Cost &other);
};

struct Candidate {
  Plan plan;
  Cost cost;
  std::string reason; ///< what speaks for it, in a few words; plan.why of the winner is made of it

  double cycles() const { return cost.total(); }
};

/// Every plan worth a thought, cheapest first; never empty. The tuner measures them. For `generic` those of
/// the least machine of the target's class.
std::vector<Candidate> candidates(const Problem &problem, const Target &target, const Machine &machine = {});

} // namespace convforge
