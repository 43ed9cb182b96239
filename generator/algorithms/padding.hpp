// Where an element of the padding comes from: generator/problem/padding_mode.hpp's element_at() as algebra.
#pragma once

#include "problem/problem.hpp"

#include <Halide.h>

namespace convforge {

/// The element of the axis that stands at position `at`, counted from the first one; of zeros the nearest
/// one, which is not what stands there outside of the input. Always one that there is.
Halide::Expr padded_from(const Axis &axis, PaddingMode mode, const Halide::Expr &at);

/// The same where nothing is read beyond the padding: by fewer instructions, for loops that find rows as they
/// go.
Halide::Expr padded_within_reach(const Axis &axis, PaddingMode mode, const Halide::Expr &at);

} // namespace convforge
