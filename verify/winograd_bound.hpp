// How far a Winograd kernel's sums may lie from the oracle's. Derivation: docs/winograd.md.
#pragma once

#include "problem/problem.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace convforge {

/// Outputs of one tile along each axis; 0: no Winograd.
struct WinogradTile {
  int outputs_h = 0, outputs_w = 0;
  bool none() const { return outputs_h == 0; }
};

/// Per output element, in the output's own layout: |A^T| (sum over c of |G||g||G^T| . |B^T||d||B|) |A|, what
/// the bound is made of. Not finite where the tile's input is not: there an output may be anything. Throws
/// Error on tensors of other sizes than the problem's.
std::vector<double> winograd_magnitudes(const Problem &problem, std::span<const float> input,
                                        std::span<const float> weights, const WinogradTile &tile);
/// How many float32 roundings a term of an output's sum meets at most.
std::int64_t winograd_roundings(const Problem &problem, const WinogradTile &tile);

} // namespace convforge
