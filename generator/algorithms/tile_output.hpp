// What a tile stores: its outputs, or the pooled ones of windows that are wholly in it
// (plan/pooled_tiles.hpp).
#pragma once

#include "problem/problem.hpp"

#include <Halide.h>

#include <functional>

namespace convforge {

/// The convolution at column x and row y of its output: the plain sum, and what the epilogue makes of one.
struct TileValues {
  std::function<Halide::Expr(const Halide::Expr &x, const Halide::Expr &y)> sum;
  std::function<Halide::Expr(const Halide::Expr &sum, const Halide::Expr &x, const Halide::Expr &y)> epilogue;
};

/// What is stored at column x and row y, in the output's type.
Halide::Expr stored_of_tile(const Problem &problem, const TileValues &values, const Halide::Expr &x,
                            const Halide::Expr &y);

} // namespace convforge
