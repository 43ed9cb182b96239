// Pieces: a problem as several forward convolutions, each of some of its outputs, over slices of its tensors.
//
// A transposed convolution has one for each phase of its strides: outputs that leave the same remainder by
// the stride read every (stride / gcd(stride, dilation))th tap, backwards, from neighbouring inputs, so that
// no zero between them is multiplied. Where windows lie wholly in the padding, those outputs are a piece
// without taps, and what is cut off the input is outside of the piece's slice. Taps at the window's borders
// whose weights are known to be zero are no taps of its pieces. So what computes a piece meets
// nothing but convolutions whose every window reaches the input.
//
// A dilated convolution of 8-bit integers may be computed so, too: outputs that the same taps meet the input
// for are a piece of these taps, without padding. Nothing that is multiplied there counts, then, whatever the
// zero point is, for packing adds the zero point's share up over the piece's own taps.
#pragma once

#include "problem/problem.hpp"

#include <array>
#include <vector>

namespace convforge {

/// Positions along an axis: number i lies at first + i * step.
struct Progression {
  int first = 0, step = 1;
};

struct Piece {
  /// Forward, of the tensors' slices, whose strides it has. Without taps: of no input channels, and a kernel
  /// of one tap. Its weights layout means nothing.
  Problem problem;
  // Along each axis, in the whole problem's tensors:
  std::array<int, 3> input = {0, 0, 0}; ///< the first element of its slice
  std::array<Progression, 3> output;
  std::array<Progression, 3> taps;

  bool without_taps() const { return problem.in_channels == 0; }
};

/// Is it computed so? Else it is an ordinary forward convolution.
bool in_pieces(const Problem &problem);
/// May an ordinary one be computed so, by the taps that meet the input? A plan that has pieces is.
bool divides_by_taps(const Problem &problem);
/// All of them. Every output is in one. Of a valid problem; one that is no other's piece.
std::vector<Piece> pieces_of(const Problem &problem);
/// The one with the most multiply-adds.
std::size_t largest_piece(const std::vector<Piece> &pieces);

} // namespace convforge
