// The oracle: a convolution in float64, straight from the definition, for any problem and layout.
#pragma once

#include "problem/problem.hpp"

#include <span>
#include <vector>

namespace convforge {

/// Per output element of the convolution (before it is pooled), in the output's own layout: sum of x*w over
/// the taps inside the image (a padded tap contributes nothing), and sum of |x*w|, which error bounds are
/// made of. No bias, no epilogue.
struct Sums {
  std::vector<double> value, magnitude;
};

/// `input` and `weights` are dense in the problem's layouts. Throws Error when their sizes are not the
/// problem's.
Sums convolve(const Problem &problem, std::span<const float> input, std::span<const float> weights);

} // namespace convforge
