// Rows and columns of taps at a window's borders whose weights are known to be zero: the window is smaller
// without them, with other padding.
#pragma once

#include "problem/pieces.hpp"

#include <array>

namespace convforge {

/// What is left of a problem's taps.
struct TrimmedTaps {
  std::array<Axis, 3> axes;
  std::array<int, 3> first = {0, 0, 0}; ///< along each axis, of the whole window's
  bool none = false;                    ///< is every weight zero? Then the axes are the problem's
};

/// The problem's own of transposed ones, and where padding has elements, whose windows are not cut.
TrimmedTaps trimmed_taps(const Problem &problem);

/// Is anything trimmed?
bool trims_taps(const Problem &problem);

/// The zeros of a piece: its taps by their own numbers; channels where it is the only one with taps.
ZeroWeights zeros_of_piece(const Problem &whole, const Piece &piece);

} // namespace convforge
