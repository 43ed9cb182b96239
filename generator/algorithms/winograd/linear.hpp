// A small constant matrix times a vector of expressions, with few operations.
#pragma once

#include <Halide.h>

#include <vector>

namespace convforge {

using Matrix = std::vector<std::vector<double>>;

/// matrix * values. Neighbouring rows that differ in the signs of some columns (points a and -a of a
/// transform) share the sums of the equal and of the opposite columns; so do such columns.
std::vector<Halide::Expr> multiply(const Matrix &matrix, const std::vector<Halide::Expr> &values);

} // namespace convforge
