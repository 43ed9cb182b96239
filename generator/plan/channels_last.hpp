// NCHW computed as NHWC: what a plan that transposes (Plan::transposed) computes between its transpositions.
//
// Every algorithm is at its best where the channels of a pixel lie side by side. Such a plan makes them so in
// the workspace, for what one task reads, and computes plain sums there: conversions of the source, epilogue
// and conversion to the destination's type belong to the transpositions, where rows of pixels are vectors.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// The NHWC problem whose input and output are the workspace's: sums of the accumulator's type, no epilogue.
/// One image is there at a time, so that no pixels of two images follow one another.
Problem channels_last(const Problem &problem);

/// The problem that the fields of a plan speak of: channels_last() where it transposes, else `problem`.
Problem planned_problem(const Problem &problem, const Plan &plan);

/// What one task of a plan that transposes computes: output rows and columns of one or several images. All of
/// it where tasks are blocks of channels, which share what is transposed.
struct TransposedTask {
  int rows = 0, columns = 0;
  int input_rows = 0; ///< that it transposes, at most
  int images = 1;     ///< of Winograd whose tiles are those of several
  /// Of depthwise, which needs no others for them: the blocks of a chunk. 0: all, of any other algorithm.
  int blocks = 0;
};
/// `problem` is the one that the plan's loops run over: fused for pointwise.
TransposedTask transposed_task(const Problem &problem, const Plan &plan);

} // namespace convforge
