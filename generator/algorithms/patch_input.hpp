// What the patches of a convolution with pooling read (problem/pooling_patches.hpp): pixel by pixel, or where
// pixels are less than a vector, in rows of elements.
#pragma once

#include "algorithms/rearranged.hpp"

namespace convforge {

/// The element of image n of the patches, with the zeros around the image.
Halide::Expr element_of_patch(const Problem &problem, const PooledPatch &patch,
                              const Halide::ImageParam &input, const RearrangedInput &at);

/// Are rows of elements copied, in vectors of so many?
bool copies_rows_of_elements(const Problem &problem, const Plan &plan, int lanes);

/// RearrangedInput::row and pixels: vectors of elements that there are, the last of which begins as early as
/// it must.
void define_rows_of_patch(RearrangedInput &made, const Problem &problem, const PooledPatch &patch,
                          const Halide::ImageParam &input, int lanes, const std::string &suffix);

} // namespace convforge
