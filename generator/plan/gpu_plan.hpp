// GpuPlan: how a problem is computed on a GPU. Data only.
//
// Direct and pointwise are an implicit matrix product: output pixels x output channels, summed over the taps
// (r, s, c). A block of threads computes tile_pixels x tile_channels of it; for every `chunk` of taps it
// stages the inputs and weights in shared memory, from where each thread reads what its register tile of
// thread_pixels x thread_channels needs. Pixels are counted through rows (and, in NHWC, images), so that
// images narrower than a tile waste nothing.
//
// Depthwise reuses nothing between channels: a thread computes thread_pixels (along a row) of thread_channels
// channels straight from global memory.
#pragma once

#include "base/integer.hpp"
#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <string>

namespace convforge {

struct GpuPlan {
  Algorithm algorithm = Algorithm::direct;
  int tile_pixels = 0, tile_channels = 0;     ///< of a block of threads
  int thread_pixels = 0, thread_channels = 0; ///< of a thread; divisors of the above
  int chunk = 0;                              ///< taps staged at once; 0 for depthwise
  bool flat_taps = false; ///< chunks run through r, s and c together: C/g has no fitting divisor
  std::string why;

  int threads_over_pixels() const { return tile_pixels / thread_pixels; }
  int threads_over_channels() const { return tile_channels / thread_channels; }
  int threads() const { return threads_over_pixels() * threads_over_channels(); }
  bool channelwise() const { return algorithm == Algorithm::depthwise; } ///< as of Plan
};

/// What a launch is counted in: tiles of pixels, of channels, and everything that has its own (groups,
/// images).
struct GpuGrid {
  long pixels = 0, channels = 0, rest = 0;
  long blocks() const { return pixels * channels * rest; }
};
/// `shape` is the problem the loops run over (fused for pointwise).
GpuGrid grid_of(const Problem &shape, const GpuPlan &plan);
/// Pixels that are counted through: of a row for depthwise, else of an image, in NHWC of all images.
long pixels_of(const Problem &shape, const GpuPlan &plan);
/// C/g * R * S
int taps_of(const Problem &shape);

} // namespace convforge
