// The tensors of a pooled convolution's patches (problem/pooling_patches.hpp).
#pragma once

#include "problem/pooling_patches.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace convforge {

/// The dense input of pooling_patches(), with the zeros or elements of the padding in it.
std::vector<float> input_of_patches(const Problem &problem, const PooledPatch &patch,
                                    std::span<const float> input);

/// Where each output of pooling_patches(), in its order, lies among those of the convolution; one past the
/// last for those outside of the image.
std::vector<std::size_t> outputs_of_patches(const Problem &problem, const PooledPatch &patch);

} // namespace convforge
