// Schedules of plans that rearrange their tensors (plan/channels_last.hpp), whatever their algorithm and
// target: transpositions from and to NCHW here, or the phases of a dilation.
//
//   for task (images, rows, columns)            parallel
//     transpose what of the input it reads      (L2)
//     the algorithm's own loops, as one task    sums (L2)
//     transpose the sums, epilogue, store
//
// Where the algorithm's tasks are blocks of channels they share one transposed image:
//
//   for image
//     transpose it, rows of it as tasks
//     the algorithm's own tasks
//     transpose the sums, blocks of channels as tasks
#pragma once

#include "algorithms/rearranged.hpp"

namespace convforge {

/// `problem` is the caller's, fused for pointwise (its phases are found here); `plan` the whole plan;
/// `region` that of the output; `lanes` the target's.
void schedule_rearranged(RearrangedInput &input, RearrangedOutput &output, const Problem &problem,
                         const Plan &plan, const Region &region, int lanes);

} // namespace convforge
