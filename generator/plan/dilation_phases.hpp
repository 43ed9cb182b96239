// A dilated convolution as dense ones. Outputs whose row and column leave the same remainders by the dilation
// read inputs that do: each pair of remainders, a phase, is a dense convolution by itself, of an image a
// dilation smaller each way. So Winograd applies, and the rows that a task reads are neighbours.
//
// Phases are the images of the dense problem: number (n * rows + row) * columns + column of image n. Their
// zeros are part of their inputs, for the padding that a phase sees depends on it.
#pragma once

#include "problem/problem.hpp"

namespace convforge {

/// Do an axis' outputs fall into phases?
bool is_dilated(const Axis &axis);

/// Remainders that there are of rows and of columns: no more than outputs, 1 of an axis without dilation.
struct DilationPhases {
  int rows = 1, columns = 1;
};
DilationPhases dilation_phases(const Problem &problem);

/// Is there a dilation, and stride 1 along each axis that has one? 1-D and 2-D; not of depthwise, which
/// computes no faster for it.
bool has_dilation_phases(const Problem &problem);

/// The dense problem, in the caller's layout and with dense tensors; unpadded along dilated axes.
Problem dense_phases(const Problem &problem);

/// What the outputs of all row phases are stored as: rows of one phase, and as planes the phases. Its strides
/// are explicit. The last rows of some phases are not there.
Problem outputs_by_phase(const Problem &problem);

} // namespace convforge
