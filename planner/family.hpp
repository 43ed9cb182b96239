// Family: a way to compute convolutions as planner, tuner and explain see it, one row of the table in
// families.cpp: an algorithm, or a form of one that is planned and scheduled for itself. A new family is a
// folder that makes such a row, its line there, and its row among those that build pipelines
// (schedules/families.cpp).
#pragma once

#include "planner/candidate.hpp"
#include "planner/platform.hpp"
#include "planner/scratch_buffers.hpp"
#include "planner/words.hpp"

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
  bool quantised = false; ///< does it compute problems of 8-bit integers, and those alone? Else of floats
  /// Of a form of an algorithm: is this plan of the algorithm its own? Null: all are that no form further up
  /// owns.
  bool (*owns)(const Plan &plan, const Problem &problem) = nullptr;
  /// Candidates in any order, none where the family does not apply.
  std::vector<Candidate> (*plans)(const Problem &problem, const Platform &platform);
  /// The predicted time of a plan of its own, whatever platform it was proposed for: cost_of().
  Cost (*cost)(const Plan &plan, const Problem &problem, const Platform &platform);
  /// Throws Error unless schedules and runtime can take the plan as it stands: check_plan().
  void (*check)(const Plan &plan, const Problem &problem, const Target &target);
  /// The time of two threads in parts of half the time of one, of the plan's tasks: sharing.hpp.
  double (*imbalance)(const Plan &plan, const Problem &problem);
  /// The sizes of tasks that the tuner varies.
  std::vector<int *> (*task_sizes)(Plan &plan) = rows_and_columns_per_task;
  /// Sets what follows from tiles and tasks that the tuner has changed.
  void (*follow)(Plan &plan, const Problem &problem, const Target &target) = nothing_follows;
  /// What its loops keep in the workspace, one for each region that keeps something of its own: the compiler
  /// reserves the largest. `shared`: by all tasks, where the family tells that from a task's own.
  std::vector<Scratch> (*scratch)(const Plan &plan, const Problem &problem, bool shared);
  /// A region's register tile, and a task where tasks are pixels.
  std::string (*tile_in_words)(const Plan &plan, const Region &region) = pixel_tile_in_words;
  std::string (*task_in_words)(const Plan &plan, const Problem &problem) = pixel_task_in_words;
  const char *suits; ///< why it applies, said of a problem that it applies to
  /// What the algorithm needs, said of a problem that it was asked for and does not apply to. Null for forms.
  std::string (*needs)(const Problem &problem) = nullptr;
  /// Does it add the products as they are? Exact math then takes its plans, and those tuned for default math.
  bool plain_sums = true;
  /// Does it take inputs of any strides? Else pixels that lie side by side alone.
  bool any_strides = true;
};

/// Every family; of equally fast candidates the one further up wins.
std::span<const Family *const> families();
/// The one whose plan it is.
const Family &family_of(const Plan &plan, const Problem &problem);

} // namespace convforge
