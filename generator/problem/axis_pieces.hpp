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

/// Of a forward axis whose windows all reach the input: outputs by which taps meet it, those alone being the
/// piece's, so that none has padding. The axis as it is, where it has no dilation or more than `most` pieces.
std::vector<AxisPiece> pieces_by_taps(const Axis &axis, std::size_t most);

} // namespace convforge
