// Schedules of what is pooled, whatever the algorithm and target:
//
//   for task (images, rows of patches)            parallel
//     for patch (problem/pooling_patches.hpp)
//       gather what of the input it reads, with its zeros        (L1, L2)
//       the algorithm's own loops, as one task      sums         (L1, L2)
//       the epilogue, where numbers are looked at several times
//       pool, store
#pragma once

#include "algorithms/pooled.hpp"

namespace convforge {

/// `problem` is the caller's; `plan` the whole plan; `lanes` the target's.
void schedule_pooled(RearrangedInput &input, PooledOutput &output, const Problem &problem, const Plan &plan,
                     int lanes);

} // namespace convforge
