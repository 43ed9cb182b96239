// Family: an algorithm as planner and tuner see it, one row of the table in families.cpp. A new algorithm is
// a folder that makes such a row, its line there, and its row among those that build pipelines
// (schedules/families.cpp).
#pragma once

#include "planner/candidate.hpp"
#include "planner/platform.hpp"

#include <span>
#include <string>
#include <vector>

namespace convforge {

inline std::vector<int *> rows_and_columns_per_task(Plan &plan) {
  return {&plan.rows_per_task, &plan.columns_per_task};
}
inline void nothing_follows(Plan &, const Problem &, const Target &) {}

struct Family {
  Algorithm algorithm;
  /// Candidates in any order, none where the algorithm does not apply.
  std::vector<Candidate> (*plans)(const Problem &problem, const Platform &platform);
  /// Throws Error unless schedules and runtime can take the plan as it stands: check_plan().
  void (*check)(const Plan &plan, const Problem &problem, const Target &target);
  /// The time of two threads in parts of half the time of one, of the plan's tasks: sharing.hpp.
  double (*imbalance)(const Plan &plan, const Problem &problem);
  /// The sizes of tasks that the tuner varies.
  std::vector<int *> (*task_sizes)(Plan &plan) = rows_and_columns_per_task;
  /// Sets what follows from tiles and tasks that the tuner has changed.
  void (*follow)(Plan &plan, const Problem &problem, const Target &target) = nothing_follows;
  const char *suits; ///< why it applies, said of a problem that it applies to
  /// What it needs, said of a problem that it was asked for and does not apply to.
  std::string (*needs)(const Problem &problem);
  /// Does it add the products as they are? Exact math then takes its plans, and those tuned for default math.
  bool plain_sums = true;
  /// Of its plans for NCHW: are they proposed where no algorithm is asked for?
  bool proposed_for_nchw = true;
};

/// Every family; of equally fast candidates the one further up wins.
std::span<const Family *const> families();
const Family &family_of(Algorithm algorithm);

} // namespace convforge
