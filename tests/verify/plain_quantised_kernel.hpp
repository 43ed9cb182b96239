// A quantised convolution written by hand behind a kernel descriptor, with mistakes to order: what the checks
// must catch.
#pragma once

#include "convforge/convforge.h"
#include "problem/problem.hpp"

#include <memory>

namespace convforge {

enum class QuantisedMistake {
  none,
  pads_with_zero,          ///< not with the source's zero point
  source_zero_point,       ///< taken as 0: its part of the sums is missing
  destination_zero_point,  ///< not added
  added_before_rounding,   ///< the destination's zero point, which moves ties
  bias,                    ///< left out
  saturating_products,     ///< pairs of products saturate to 16 bits, as vpmaddubsw's do
  half_up,                 ///< ties upwards
  half_away,               ///< ties away from zero
  truncated,               ///< not rounded
  double_product,          ///< in float64
  rounded_once,            ///< where the rule rounds twice
  wraps,                   ///< to 8 bits, where it should saturate
  no_limits,               ///< forgets what the epilogue clips
  residual_zero_point,     ///< taken as 0
  residual_rounded_before, ///< added in steps
};

/// A kernel for any 2-D problem of 8-bit integers whose epilogue is a subset of bias, residual and limits.
class PlainQuantisedKernel {
public:
  PlainQuantisedKernel(const Problem &problem, QuantisedMistake mistake);
  ~PlainQuantisedKernel();
  const convforge_kernel &kernel() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace convforge
