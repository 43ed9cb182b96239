// A convolution with a depth as one of two dimensions: the planes of a window count as its input channels,
// those of one plane behind those of the one before, and every plane of the output is an image. Image n * OD
// + z has in channel t * C + c (of each group) what the input's plane z * stride + t * dilation - padding has
// in channel c: zeros, where that plane is in the padding.
#pragma once

#include "problem/problem.hpp"

#include <optional>

namespace convforge {

/// Has it a depth, and sums over several input channels?
bool has_window_planes(const Problem &problem);

/// The problem of two dimensions, in the caller's layout and with dense tensors. Nothing is known of its
/// weights.
Problem window_planes(const Problem &problem);

/// The same whose outputs and residual lie where the caller's do. None where the planes of all images are not
/// equally far apart.
std::optional<Problem> window_planes_in_place(const Problem &problem);

} // namespace convforge
