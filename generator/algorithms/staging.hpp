// An element of the input as the sums take it, and what stands where there is none.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <Halide.h>

namespace convforge {

/// Floats become what is summed in, and zero stands around the image. 8-bit integers become operands of the
/// plan's dot products, with the sign moved where these want it, and their zero point stands around the
/// image.
struct Staging {
  ElementTypes types;
  Dot dot = Dot::none;
  int zero_point = 0; ///< as an operand

  Halide::Type type() const;
  Halide::Expr of(const Halide::Expr &element) const;
  Halide::Expr outside() const;
};

Staging make_staging(const Problem &problem, const Plan &plan);

} // namespace convforge
