// A contest (race/contest.hpp) of as many plans as there is time to compile and to measure.
#pragma once

#include "kernel_maker.hpp"
#include "race/contest.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace convforge {

/// Tensors, packed weights and workspaces of all contestants together. A problem of more is not measured: an
/// app that fits its machine must not be driven out of it.
inline constexpr std::size_t most_contest_bytes = std::size_t{512} << 20;

struct ContestBudget {
  std::chrono::steady_clock::time_point end; ///< of compiling and measuring
  double compile_seconds = 0;                ///< what compiling a plan of this problem seems to take
};

struct BudgetedResult {
  std::size_t contestants = 0;           ///< 0: there was no time for two, and nobody was measured
  MadeKernel winner;                     ///< the model's own unless another was faster
  double seconds = 0, model_seconds = 0; ///< ContestResult's
  bool whole = false;                    ///< more time would have changed nothing
};

/// `plans`: the model's choice first, of which `models` is the kernel, then who is to be compiled next. Who
/// cannot be compiled, loaded or run stays out. No compilation is begun that would leave too little time to
/// measure; one that has begun is only stopped by the program's time limit. Throws std::bad_alloc, and
/// RuntimeError when the model's own kernel does not run.
BudgetedResult budgeted_contest(const KernelMaker &maker, const Problem &problem,
                                const std::vector<Plan> &plans, const MadeKernel &models,
                                const ContestBudget &budget);

} // namespace convforge
