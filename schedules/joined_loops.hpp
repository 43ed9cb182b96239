// Schedule of plans that join the phases of a transposed convolution (plan/joined_phases.hpp):
//
//   for task (images, rows of a phase)          parallel
//     the input's rows                          (L2)
//     the algorithm's own loops, as one task    sums (L2): all phases of a pixel side by side
//     rows of the output with the epilogue: of a pixel's sums all columns of a row of phases follow one
//     another
#pragma once

#include "algorithms/joined_output.hpp"

namespace convforge {

/// `problem` is the caller's; `lanes` the target's.
void schedule_joined(RearrangedInput &input, RearrangedOutput &output, const Problem &problem,
                     const Plan &plan, int lanes);

} // namespace convforge
