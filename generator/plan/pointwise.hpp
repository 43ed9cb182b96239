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
/// Those of each image alone, in any layout.
Problem fuse_pixels_of_images(const Problem &problem);

/// Does each row of a tensor begin where the one before would have its next pixel, and each plane where the
/// one before would have its next row?
bool rows_follow(const Strides &strides, const Extents &extents);
/// The same of images. (Of one row: whose pixels the images' are.)
bool images_follow(const Strides &strides, const Extents &extents);
/// Do output and residual?
using Follow = bool (*)(const Strides &strides, const Extents &extents);
bool outputs_follow(const Problem &problem, Follow follow);
/// The strides of a tensor whose rows have become one.
Strides without_rows(const Strides &strides);

/// The problem that an algorithm's loops run over: fused for pointwise.
Problem shape_of(const Problem &problem, Algorithm algorithm);

} // namespace convforge
