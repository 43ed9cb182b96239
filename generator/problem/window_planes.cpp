#include "problem/window_planes.hpp"

#include <limits>

namespace convforge {

namespace {

/// Strides of all planes as images.
std::optional<Strides> of_images(Strides strides, int batch, int planes) {
  if (planes > 1) {
    if (batch > 1 && strides.n != strides.d * planes)
      return {};
    strides.n = strides.d;
  }
  strides.d = 0;
  return strides;
}

bool countable(std::int64_t a, std::int64_t b) {
  return a * b <= std::numeric_limits<int>::max();
}

} // namespace

bool has_window_planes(const Problem &problem) {
  return problem.has_depth() && !problem.depthwise() && !problem.transposed && !problem.types.quantised() &&
         countable(problem.batch, problem.depth().output) &&
         countable(problem.in_channels, problem.depth().kernel);
}

Problem window_planes(const Problem &problem) {
  Problem images = problem;
  images.batch *= problem.depth().output;
  images.in_channels *= problem.depth().kernel;
  images.depth() = {};
  images.strides = {};
  images.zeros = {};
  return images;
}

std::optional<Problem> window_planes_in_place(const Problem &problem) {
  Problem images = window_planes(problem);
  const int planes = problem.depth().output;
  const std::optional<Strides> output = of_images(problem.output_strides(), problem.batch, planes);
  const std::optional<Strides> residual = of_images(problem.residual_strides(), problem.batch, planes);
  if (!output || !residual)
    return {};
  images.strides.output = *output;
  images.strides.residual = *residual;
  if (!images.strided())
    images.strides = {};
  return images;
}

} // namespace convforge
