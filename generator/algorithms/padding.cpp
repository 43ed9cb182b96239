#include "algorithms/padding.hpp"

namespace convforge {

using Halide::Expr;

Expr padded_from(const Axis &axis, PaddingMode mode, const Expr &at) {
  const int n = axis.input;
  Expr element = at;
  if (mode == PaddingMode::reflect)
    element = select(at < 0, -at, at >= n, 2 * (n - 1) - at, at);
  else if (mode == PaddingMode::circular)
    element = select(at < 0, at + n, at >= n, at - n, at);
  return clamp(element, 0, n - 1);
}

Expr padded_within_reach(const Axis &axis, PaddingMode mode, const Expr &at) {
  const int n = axis.input;
  Expr element = at;
  if (mode == PaddingMode::reflect) // two absolute values where selects and clamp are four comparisons
    element = n - 1 - Halide::cast<int>(abs(n - 1 - Halide::cast<int>(abs(at))));
  else if (mode == PaddingMode::circular)
    element = select(at < 0, at + n, at >= n, at - n, at);
  else
    return padded_from(axis, mode, at);
  return Halide::unsafe_promise_clamped(element, 0, n - 1);
}

} // namespace convforge
