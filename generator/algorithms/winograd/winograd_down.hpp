// What is computed: Winograd's short convolutions down the columns alone, F(m x 1, R x S). Each column of m
// outputs is computed from n = m + r - 1 points of the input's rows, transformed down; the kernel's columns
// are summed with the input channels:
//   y = A^T [sum over s, c of (G g_sc) . (B^T d_sc)]
// For few input channels: in NHWC a row of them is one vector after another for the transform, S C of them
// one sum for the product, and a tile's m outputs share n products where m n would be for tiles of m x m.
// Matrices, points and error bound: docs/winograd.md.
#pragma once

#include "algorithms/convolution.hpp"

namespace convforge {

/// e: an element of a padded row, all channels of a pixel side by side; y counts rows of tiles; p is a tile's
/// point, k the lane within block b.
struct WinogradDownVars {
  Halide::Var e{"e"}, k{"k"}, b{"b"}, o{"o"}, g{"g"}, p{"p"}, x{"x"}, y{"y"}, n{"n"};
};

struct WinogradDown {
  WinogradDownVars v;
  Halide::ImageParam packed;                ///< k, tap (s, c), p, b
  std::vector<Halide::ImageParam> operands; ///< the epilogue's: o, g or o, g, x, y, n
  Halide::RDom taps;                        ///< the kernel's columns, and the input channels within each
  Halide::Func transformed;                 ///< e, p, y, n: V, the input transformed
  std::vector<CopyLoop> rows;               ///< the stages that write it
  Halide::Func sum;                         ///< k, x, p, b, y, n: a register tile of the product
  Halide::Func product;                     ///< the same, in memory: M
  /// o, x, row, y, n: a row of tiles pooled down, where it is pooled in rows (plan/pooled_tiles.hpp): its
  /// pooled rows, and what it has of the next one's first.
  Halide::Func pooled_down;
  Halide::Var row{"row"};
  Halide::Func output; ///< o, g, x, y, n
  int points = 1;
};

WinogradDown make_winograd_down(const Problem &problem, const Plan &plan, const Input &input,
                                const std::string &suffix);

} // namespace convforge
