// What is computed: a convolution of stride 1 or 2 through Winograd's short convolutions. The output is cut
// into tiles of m x m; each tile's inputs, and each filter, are transformed to n x n points, where the
// convolution is a product:
//   y = A^T [sum over c of (G g_c G^T) . (B^T d_c B)] A
// Matrices, points and error bound: docs/winograd.md. An axis with a kernel of one tap has m = n = 1: the
// identity.
#pragma once

#include "algorithms/convolution.hpp"

namespace convforge {

/// t counts the tiles of a task's images, row by row or as WinogradTails says, and n, where tiles have a
/// number, such tasks of WinogradPart::images_per_task images; p and q are a tile's points down and
/// along, k the lane within block b.
struct WinogradVars {
  Halide::Var c{"c"}, k{"k"}, b{"b"}, o{"o"}, g{"g"}, t{"t"}, p{"p"}, q{"q"}, x{"x"}, y{"y"}, n{"n"};
};

struct Winograd {
  WinogradVars v;
  Halide::ImageParam packed;                ///< k, c, q, p, b, g
  std::vector<Halide::ImageParam> operands; ///< the epilogue's: o, g or o, g, x, y, n
  Halide::RDom channels;                    ///< input channels of the group
  /// c, x, y, p, g, n: the input, transformed down. y counts parts of rows of tiles, x the columns under one.
  Halide::Func rows;
  Halide::Func transformed; ///< c, t, q, p, g, n: V, the input transformed
  /// k, t, first, q, p, b, g, n: a register tile of the product. Where some are left out, its first tile, and
  /// t counts from there; else 0.
  Halide::Func sum;
  Halide::Var first{"first"};
  /// Plan::broadcast_lanes channels of V as one vector (dimension i): i, t, first, c / lanes, q, p, g, n.
  /// Undefined when each is read where it is used.
  Halide::Func channel_lanes;
  Halide::Var i{"i"};
  Halide::Func product; ///< the same, in memory: M
  Halide::Func columns; ///< o, q, y, t, g, n: M, transformed down; y within the tile, t within the image
  Halide::Func output;  ///< o, g, x, y, n
  int tiles_x = 1;      ///< of a part of a row of tiles: what one task holds of a row
  int parts = 1;        ///< of a row of tiles
  int points_x = 1, points_y = 1;
};

Winograd make_winograd(const Problem &problem, const Plan &plan, const Input &input,
                       const std::string &suffix);

} // namespace convforge
