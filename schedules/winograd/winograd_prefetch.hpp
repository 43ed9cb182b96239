// x86, Winograd: the input's transform waits for the image, so its rows are fetched while multiply-adds run.
#pragma once

#include "algorithms/winograd/winograd.hpp"
#include "plan/plan.hpp"

#include <memory>

namespace convforge {

/// A lowering pass for plans that prefetch: before each register tile of a task's last block of output
/// channels, prefetches of its share of the rows of the image that the next task reads and this one did not.
std::unique_ptr<Halide::Internal::IRMutator> prefetch_next_task(const Winograd &winograd,
                                                                const Problem &problem, const Plan &plan);

} // namespace convforge
