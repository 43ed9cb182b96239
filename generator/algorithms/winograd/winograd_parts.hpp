// What Winograd's two algorithms have in common: transforms as expressions, and the tensors at their end.
#pragma once

#include "algorithms/winograd/linear.hpp"
#include "plan/winograd_axis.hpp"

#include <Halide.h>

namespace convforge {

/// The part of one of convforge_winograd's arrays that is in use.
template <typename Array>
Matrix upper_left(const Array &array, int rows, int columns) {
  Matrix matrix;
  for (int i = 0; i < rows; i++)
    matrix.emplace_back(array[i], array[i] + columns);
  return matrix;
}

/// Row `which` of matrix * values. `which` becomes a constant when its loop is unrolled.
Halide::Expr row(const Halide::Expr &which, const Matrix &matrix, const std::vector<Halide::Expr> &values);

/// The row of the transformed filters that a point is multiplied by.
Halide::Expr filter_point(const WinogradPoints &count, const Halide::Expr &point);

/// Bounds of the output and strides of it or of a tensor like it: o, g, x, y, n.
void fix_like_output(Halide::OutputImageParam parameter, const Strides &strides, const Problem &problem);

/// The epilogue's operands: o, g or o, g, x, y, n.
std::vector<Halide::ImageParam> make_epilogue_parameters(const Problem &problem, const std::string &suffix);

} // namespace convforge
