// Pointwise: a 1x1 convolution of stride 1 is a matrix product over pixels, whatever rows and images they
// stand in.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Is it a kernel of one tap, stride 1, without padding or unused pixels, and do the rows of each tensor
/// follow one another with nothing between them (but what lies between any two pixels)?
bool is_pointwise(const Problem &problem);

/// The same computation with all pixels in one row, those of all planes of a depth: of each image, and in
/// NHWC of all images whose tensors follow one another.
Problem fuse_pixels(const Problem &problem);

/// The problem that an algorithm's loops run over: fused for pointwise.
Problem shape_of(const Problem &problem, Algorithm algorithm);

} // namespace convforge
