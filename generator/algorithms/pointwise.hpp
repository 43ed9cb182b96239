// Pointwise: a 1x1 convolution is a matrix product over pixels, whatever rows and images they stand in. Where
// a stride leaves pixels out, or padding adds some, those it reads are first copied side by side.
#pragma once

#include "problem/problem.hpp"

namespace convforge {

/// Is it a 1x1 kernel, stride 1, without padding or unused pixels?
bool is_pointwise(const Problem &problem);

/// Is it a 1x1 kernel of another stride or padding, whose pixels are worth copying (NHWC: whole vectors)?
bool is_pointwise_of_picked(const Problem &problem);

/// The same computation with all pixels in one row: of each image, and in NHWC of all images.
Problem fuse_pixels(const Problem &problem);

} // namespace convforge
