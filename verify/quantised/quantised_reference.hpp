// What a quantised problem's output must be: exact sums, and the runtime's definition of rounding.
#pragma once

#include "problem/problem.hpp"
#include "verify/bound.hpp"
#include "verify/compare.hpp"
#include "verify/quantised/quantised_fill.hpp"

#include <cstdint>
#include <vector>

namespace convforge {

/// Sums of w * (x - zero point) over the taps inside the image, bias included. Padding is the zero point, and
/// adds nothing.
std::vector<std::int32_t> exact_sums(const Problem &problem, const QuantisedTensors &tensors);

/// The expected output, computed once and compared with any number of runs.
class QuantisedReference {
public:
  /// 8-bit integers and sums must come out as they are. Real numbers too, as far as (float)sum *
  /// (float)multiplier goes; what the epilogue adds to them is within its bound.
  QuantisedReference(const Problem &problem, const QuantisedTensors &tensors);
  /// `output`: elements of the destination's type.
  Worst compare(const Elements &output) const;
  const std::vector<Expected> &expected() const { return expected_; }

private:
  ElementType destination_;
  std::vector<Expected> expected_;
};

} // namespace convforge
