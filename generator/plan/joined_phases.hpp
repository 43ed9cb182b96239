// The phases of a transposed convolution (problem/pieces.hpp) as one forward convolution. Where the kernel is
// a multiple of the stride and so is the padding, all phases take as many taps from the same inputs: each is
// some output channels of one convolution with stride 1, whose sums are stored to the places of their phases.
// So a few output channels, of 3x3 phases 27 where there were 3, fill vectors, and the input is read once.
//
// Output channel (row * columns + column) * K/g + k of a group: phase by phase.
#pragma once

#include "problem/problem.hpp"

#include <cstdint>

namespace convforge {

/// As many as the stride along each axis.
struct JoinedPhases {
  int rows = 1, columns = 1;
  int count() const { return rows * columns; }
  // From a phase's weights to the next one's, in taps:
  int tap_h = 0, tap_w = 0;
};
JoinedPhases joined_phases(const Problem &problem);

/// Do all phases read the same inputs by as many taps, and as many outputs as the others? 1-D and 2-D, of
/// floats; not of depthwise, whose vectors of channels would be scattered, nor where weights are known to be
/// zero.
bool can_join_phases(const Problem &problem);

/// The forward problem whose output channels are those of all phases, in the caller's layout; its output is
/// dense. Its epilogue is the caller's, and no part of its sums.
Problem joined_problem(const Problem &problem);

} // namespace convforge
