// Tuning at run time (JitOptions::tuning_budget): the kernel of the plan that was measured to be the fastest,
// now or by an earlier process.
#pragma once

#include "kernel_maker.hpp"
#include "planner/candidate.hpp"
#include "planner/tuning.hpp"
#include "race_turn.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace convforge {

/// Thread-safe; one race at a time in a process.
class RunTimeTuner {
public:
  struct Rules {
    std::string algorithm = "auto";   ///< or one by name: its plans alone take part
    std::chrono::milliseconds budget; ///< a problem; above 0
  };

  RunTimeTuner(const KernelMaker &maker, std::optional<DiskCache> &disk, const Target &target,
               const Tuning &tuning, Rules rules, Verbose verbose)
      : maker_(maker), disk_(disk), target_(target), tuning_(tuning), rules_(std::move(rules)),
        verbose_(verbose) {}

  struct Answer {
    Result<MadeKernel> made;
    bool raced = false; ///< now
  };
  /// Of a table's plan, of a choice in the disk cache, else of a race, which leaves one. Whatever keeps plans
  /// from being measured, the model's choice is the answer. Throws Error for a problem that cannot be
  /// planned, and std::bad_alloc.
  Answer kernel(const Problem &problem) const;

private:
  std::vector<Candidate> proposals(const Problem &problem) const;
  Result<MadeKernel> stored(const Problem &problem, const Plan &plan) const;
  std::optional<Result<MadeKernel>> chosen_before(const Problem &problem,
                                                  const std::vector<Candidate> &proposed) const;
  Answer tuned(const Problem &problem, const std::vector<Candidate> &proposed) const;
  Answer raced(const Problem &problem, const std::vector<Candidate> &proposed, const MadeKernel &models,
               std::chrono::nanoseconds spent) const;
  std::string key_of(const Problem &problem) const;

  const KernelMaker &maker_;
  std::optional<DiskCache> &disk_;
  const Target &target_;
  const Tuning &tuning_;
  const Rules rules_;
  const Verbose verbose_;
  PerProcess<RaceTurn> &turn_ = race_turn();
};

} // namespace convforge
