// One axis of pieces.hpp.
#pragma once

#include "problem/pieces.hpp"

#include <vector>

namespace convforge {

struct AxisPiece {
  Axis axis; ///< forward; of a piece without taps: its outputs alone
  bool has_taps = true;
  int input = 0;
  Progression output, taps;
};

/// In the order of their outputs, phase by phase.
std::vector<AxisPiece> axis_pieces(const Axis &axis, bool transposed);

} // namespace convforge
