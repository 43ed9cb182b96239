// The tensors of a convolution whose windows' planes count as input channels (problem/window_planes.hpp).
#pragma once

#include "problem/window_planes.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace convforge {

/// The dense input of window_planes(), with the zeros or elements of the planes in the padding.
std::vector<float> input_of_planes(const Problem &problem, std::span<const float> input);

/// Its weights, in the order of the problem's layout.
std::vector<float> weights_of_planes(const Problem &problem, std::span<const float> weights);

/// Where each output of window_planes(), in its order, lies among those of the convolution.
std::vector<std::size_t> outputs_of_planes(const Problem &problem);

} // namespace convforge
