// A convolution with pooling behind it, in patches: the outputs of the convolution that some neighbouring
// pooled ones need, few enough for a cache. They are the images of an unpadded convolution: number
// (n * down + row) * along + column of image n. Their zeros are part of their inputs, for what a patch lacks
// depends on where it lies. Where windows overlap, neighbouring patches share outputs and compute them twice.
#pragma once

#include "problem/problem.hpp"

namespace convforge {

/// Patches of an image.
struct PatchCounts {
  int down = 0, along = 0;
  int count() const { return down * along; }
};
PatchCounts patch_counts(const Problem &problem, const PooledPatch &patch);

/// The unpadded convolution of all patches, in the caller's layout and with dense tensors.
Problem pooling_patches(const Problem &problem, const PooledPatch &patch);

/// Along an axis of the pooling the convolution's output that patch number `patch` begins with, each of so
/// many pooled outputs. It may lie before the image, as a last patch's last ones may behind: those are
/// computed and never looked at. A number, or an expression of one.
template <typename Number>
Number corner_of_patch(const Axis &pooled, int outputs, const Number &patch) {
  return patch * (outputs * pooled.stride) - pooled.pad_begin;
}

} // namespace convforge
