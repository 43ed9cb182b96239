// Fused pixels: the outputs of a direct convolution as one row, as in an implicit matrix product (Chetlur et
// al., cuDNN: Efficient Primitives for Deep Learning, 2014). Register tiles run on from one row of the image
// to the next, and from image to image: 7x7 pixels are 10 tiles of 5, where rows of 7 are 14. Each pixel of a
// tile finds its input by itself.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Do the rows of output and residual follow one another, in NHWC and 2-D, and are there several?
bool can_fuse_pixels(const Problem &problem);

/// Are all images' pixels one row, or each image's? The former where a task has a whole image or more.
bool fuses_images(const Problem &problem, const Plan &plan);

/// The problem whose outputs the plan's loops run over: with one row of pixels where it fuses them.
Problem loop_problem(const Problem &problem, const Plan &plan);

/// Images, and output rows of each, in which a task's pixels lie at most, tiles of `tile` pixels.
struct FusedTask {
  int images = 1, rows = 1;
};
FusedTask fused_task(const Problem &problem, const Plan &plan, int tile);

} // namespace convforge
