// A small constant matrix times a vector of expressions, with few operations.
#pragma once

#include <Halide.h>

#include <vector>

namespace convforge {

using Matrix = std::vector<std::vector<double>>;

/// matrix * values. Neighbouring rows that are each other's image under a change of sign of the odd columns
/// (points a and -a of a transform) share the sums of their even and of their odd columns; so do such
/// columns.
std::vector<Halide::Expr> multiply(const Matrix &matrix, const std::vector<Halide::Expr> &values);

} // namespace convforge
