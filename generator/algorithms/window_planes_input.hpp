// The planes of a window as input channels (problem/window_planes.hpp), as Halide algebra.
#pragma once

#include "algorithms/rearranged.hpp"

namespace convforge {

/// The element of image n, a plane of the output, that is gathered; zero in planes of the padding.
Halide::Expr element_of_plane(const Problem &problem, const Halide::ImageParam &input,
                              const RearrangedInput &at);

/// The same where it lies, for Winograd's transforms: c, x, y, n, no loop of its own. Vectors of `lanes`
/// channels that divide those of a plane are read from one of them. NHWC.
Halide::Func planes_in_place(const Problem &problem, const Halide::ImageParam &input, int lanes,
                             const std::string &suffix);

} // namespace convforge
