// What a piece (problem/pieces.hpp) has of dense tensors.
#pragma once

#include "problem/pieces.hpp"

#include <span>
#include <vector>

namespace convforge {

/// The piece as a problem of dense tensors of its own, weights as R,S,C/g,K, without an epilogue.
Problem dense_piece(const Piece &piece);
std::vector<float> input_of_piece(const Problem &whole, const Piece &piece, std::span<const float> input);
std::vector<float> weights_of_piece(const Problem &whole, const Piece &piece, std::span<const float> weights);
/// For every output of the dense piece, in its order, which of the whole problem's it is.
std::vector<std::size_t> outputs_of_piece(const Problem &whole, const Piece &piece);

} // namespace convforge
