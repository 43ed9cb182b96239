// How far a Winograd kernel's sums may lie from the oracle's. Derivation: docs/winograd.md.
#pragma once

#include "convforge/convforge.h"
#include "problem/problem.hpp"

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

namespace convforge {

/// Outputs of one tile along each axis; 0: no Winograd. Of a problem with pooling tiles are those of patches
/// (problem/pooling_patches.hpp) of that many pooled outputs.
struct WinogradTile {
  int outputs_h = 0, outputs_w = 0;
  PooledPatch pooled;
  bool none() const { return outputs_h == 0; }
  bool operator==(const WinogradTile &) const = default;
  auto operator<=>(const WinogradTile &other) const {
    const auto all = [](const WinogradTile &tile) {
      return std::tuple(tile.outputs_h, tile.outputs_w, tile.pooled.rows, tile.pooled.columns);
    };
    return all(*this) <=> all(other);
  }
};

/// A kernel's, of each of its pieces.
std::vector<WinogradTile> tiles_of(const convforge_kernel &kernel);

/// Per output element, in the output's own layout: |A^T| (sum over c of |G||g||G^T| . |B^T||d||B|) |A|, what
/// the bound is made of. Not finite where the tile's input is not: there an output may be anything. Throws
/// Error on tensors of other sizes than the problem's.
std::vector<double> winograd_magnitudes(const Problem &problem, std::span<const float> input,
                                        std::span<const float> weights, const WinogradTile &tile);
/// How many float32 roundings a term of an output's sum meets at most.
std::int64_t winograd_roundings(const Problem &problem, const WinogradTile &tile);

/// The two of every output of a problem (before it is pooled), whichever of its pieces are computed by
/// Winograd.
struct WinogradTerms {
  std::vector<double> magnitudes;
  std::vector<std::int64_t> roundings; ///< 0: not by Winograd; empty: none is
  std::int64_t roundings_of(std::size_t output) const { return roundings.empty() ? 0 : roundings[output]; }
};
/// `tiles`: of each piece (problem/pieces.hpp), or one: of the whole problem where it has none, or of all
/// phases that are joined (plan/joined_phases.hpp).
WinogradTerms winograd_terms(const Problem &problem, std::span<const float> input,
                             std::span<const float> weights, const std::vector<WinogradTile> &tiles);

} // namespace convforge
