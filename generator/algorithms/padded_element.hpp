// Elements of an input that is counted with its padding, as Halide algebra.
#pragma once

#include "problem/problem.hpp"

#include <Halide.h>

#include <initializer_list>

namespace convforge {

/// Where an element along an axis lies that is counted with the zeros before the input.
struct PaddedElement {
  Halide::Expr near;   ///< the coordinate, or one that there is
  Halide::Expr inside; ///< undefined: always
};

/// At a coordinate, which may lie in the padding.
PaddedElement padded_element(const Axis &axis, PaddingMode mode, const Halide::Expr &coordinate);

/// The element itself, as the sums take it.
Halide::Expr element_of_input(const Problem &problem, const Halide::ImageParam &input, const Halide::Expr &c,
                              const Halide::Expr &x, const Halide::Expr &y, const Halide::Expr &n);

/// Zero unless it is inside along all axes.
Halide::Expr within(Halide::Expr value, std::initializer_list<PaddedElement> axes);

} // namespace convforge
