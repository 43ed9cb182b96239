// Activations as Halide algebra.
#pragma once

#include "problem/epilogue.hpp"

#include <Halide.h>

namespace convforge {

/// The activation of a float32 expression: right over all floats (infinities and NaN included), vectorisable,
/// without calls into any library, and not to be reassociated by fast-math. Error bounds: docs/numerics.md.
Halide::Expr activate(const Activation &activation, const Halide::Expr &x);

} // namespace convforge
