// What a sum is stored as: the epilogue of floats, or of 8-bit integers the step of the destination's scale
// that it is nearest to, by the problem's rounding (docs/quantisation.md; in C: runtime/src/quantise.c).
#pragma once

#include "problem/problem.hpp"

#include <Halide.h>

#include <vector>

namespace convforge {

/// What is packed by channel, and where a channel's value is.
struct ChannelTables {
  const std::vector<Halide::ImageParam> &parameters; ///< in the order of packed_tables()
  std::vector<Halide::Expr> at;
};

/// `operands` are the epilogue's parameters, read at the coordinates of the output channel or of the output.
Halide::Expr result_of(const Problem &problem, const Halide::Expr &sum, const ChannelTables &tables,
                       const std::vector<Halide::ImageParam> &operands,
                       const std::vector<Halide::Expr> &channel, const std::vector<Halide::Expr> &output);

} // namespace convforge
