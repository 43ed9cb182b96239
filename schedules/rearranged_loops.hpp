// Schedules of plans that rearrange their tensors (plan/channels_last.hpp), whatever their algorithm and
// target: transpositions from and to NCHW here, the phases of a dilation, or planes as images.
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
#include "plan/channels_last.hpp"

namespace convforge {

/// `problem` is the caller's, fused for pointwise (its phases are found here); `plan` the whole plan;
/// `region` that of the output; `lanes` the target's.
void schedule_rearranged(RearrangedInput &input, RearrangedOutput &output, const Problem &problem,
                         const Plan &plan, const Region &region, int lanes);

// What schedule_pooled() shares. `shape` is rearranged_shape().

/// Lanes of a vector that the channels fill.
int vector_of(int channels, int lanes);
/// What a task computes: rows and columns of an image, whole rows of phases or planes, or a patch.
enum class SumsOf { image, phases, patch };
/// The input and the sums of a task, computed in its loop. `channels`: of the input, those that it reads.
void schedule_rearranged_input(RearrangedInput &input, const Problem &shape, const RearrangedTask &task,
                               int channels, int lanes, bool shared);
void schedule_rearranged_sums(RearrangedOutput &output, const RearrangedTask &task, SumsOf what,
                              const Halide::LoopLevel &level);

/// Squares of channels and columns that are stored. They begin earlier at the end of the channels and of a
/// row, but where a residual may be the output and each element is stored once (algorithms/stored_once.hpp),
/// and in an update: then they divide the channels, and end earlier. (ShiftInwardsAndBlend would do, if
/// Halide 21 did not take the output it reads for aligned memory: movaps faults.)
struct StoredSquares {
  int channels, columns;
  Halide::TailStrategy tail;
};
StoredSquares stored_squares(const RearrangedOutput &output, int width, int lanes, bool stored_once);
void schedule_squares(RearrangedOutput &output, Halide::Stage &stage, const StoredSquares &square,
                      const Halide::Var &channel, const Halide::Var &column);

} // namespace convforge
