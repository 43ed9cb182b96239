// What a plan that rearranges its tensors (Plan::rearranges()) computes in between: NCHW as NHWC, dilated
// convolutions as dense ones (dilation_phases.hpp), transposed ones as one forward one (joined_phases.hpp),
// what is pooled in patches (problem/pooling_patches.hpp), windows of planes as channels
// (problem/window_planes.hpp), and problems without the channels whose weights
// are known to be zero (used_channels.hpp).
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

/// The problem of two dimensions whose input is the caller's planes as they lie (Planes::channels): elements
/// of the accumulator's type, as they are read, and the caller's epilogue and output.
Problem planes_read_in_place(const Problem &problem);

/// The problem that the fields of a plan speak of: channels_last() where it rearranges, of the dense phases,
/// patches or planes where it computes those, of the joined phases, or planes_read_in_place(), else
/// `problem`. Of a problem in pieces the one of the largest.
Problem planned_problem(const Problem &problem, const Plan &plan);

/// The caller's problem as a plan that rearranges sees its tensors: fused for pointwise, with joined phases
/// as output channels.
Problem outer_problem(const Problem &problem, const Plan &plan);

/// The problem that the loops of a plan that rearranges run over, in the caller's layout: fused for
/// pointwise, the dense phases, the patches or the planes as images, of used channels alone.
Problem rearranged_shape(const Problem &problem, const Plan &plan);

/// What one task of a plan that rearranges computes: output rows and columns of one or several images. All of
/// it where tasks are blocks of channels, which share what is transposed.
struct RearrangedTask {
  int rows = 0, columns = 0;
  int input_rows = 0; ///< that it transposes, at most
  int images = 1;     ///< of Winograd whose tiles are those of several, or the phases of a row
  /// Of depthwise, which needs no others for them: the blocks of a chunk. 0: all, of any other algorithm.
  int blocks = 0;
};
/// `shape` is rearranged_shape().
RearrangedTask rearranged_task(const Problem &shape, const Plan &plan);

} // namespace convforge
