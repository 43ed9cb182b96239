// Quantised plans: what of a row of the input the dot products of a tap run over. Dot products take several
// elements that lie side by side (target/dot.hpp): the channels of a pixel, and where nothing lies between
// the pixels under a row of the kernel, those of all its columns, so that 3 channels fill them up, too. Of
// depthwise, where elements of one channel are far apart, a copy brings the taps of a row side by side.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

struct DotRuns {
  int columns = 1;  ///< of the kernel, of one run
  int elements = 1; ///< of a run
  int dots = 1;     ///< of a run, the last one perhaps in part
  int runs = 1;     ///< of a row of the kernel
};
DotRuns dot_runs(const Problem &problem, const Plan &plan);

/// Are the caller's pixels what dot products take, as they lie?
bool dots_fit_pixels(const Problem &problem, Dot dot);

/// Must the input of a task be copied, for the sake of its layout or type, of dot products that reach beyond
/// a pixel or of what stands in the padding? `problem` is the one the loops run over.
bool dots_need_copy(const Problem &problem, Dot dot);

/// Depthwise whose dot products take several taps: are those of a tile brought side by side in registers, and
/// written out? Or does the workspace keep them, of a task's block of channels and of every column: a kernel
/// of many rows takes each many times.
inline bool taps_in_registers(const Plan &plan) {
  return plan.channelwise() && operands_of(plan.dot).elements > 1 && plan.window().unroll_r;
}
inline bool taps_in_workspace(const Plan &plan) {
  return plan.channelwise() && operands_of(plan.dot).elements > 1 && !plan.window().unroll_r;
}

/// Is what stands in the padding found as those taps are brought, from the caller's tensor?
inline bool pads_in_registers(const Plan &plan) {
  return taps_in_registers(plan) && !plan.window().padded_copy;
}

/// Columns of a row of the input that such a copy in the workspace has: each is the first of a dot product's.
int columns_side_by_side(const Problem &problem, const Plan &plan);

/// Pixels of the copy of a pointwise plan are this far apart: no dot product reaches into the next.
int pixel_pitch(const Problem &problem, const Plan &plan);

/// Elements that copies of the input take at a time: as many bytes as a vector of accumulators has.
inline int copied_lanes(const Plan &plan, const Region &region) {
  return region.lanes * operands_of(plan.dot).elements;
}

/// What kernels find where the input's padding is: the zero point, as a dot product's operand.
inline int staged_zero_point(const Problem &problem, Dot dot) {
  return problem.quantisation.source_zero_point + offset_of(dot, problem.types.source);
}

} // namespace convforge
