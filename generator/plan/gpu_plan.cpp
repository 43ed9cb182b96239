#include "plan/gpu_plan.hpp"
#include "base/integer.hpp"

namespace convforge {

long pixels_of(const Problem &shape, const GpuPlan &plan) {
  if (plan.channelwise())
    return shape.width().output;
  const long image = long(shape.height().output) * shape.width().output;
  return shape.layout == Layout::nhwc ? image * shape.batch : image;
}

int taps_of(const Problem &shape) {
  return shape.group_in() * shape.height().kernel * shape.width().kernel;
}

GpuGrid grid_of(const Problem &shape, const GpuPlan &plan) {
  const long pixels = ceil_div(pixels_of(shape, plan), plan.tile_pixels);
  if (plan.channelwise()) {
    return {pixels, ceil_div(shape.out_channels, plan.tile_channels),
            long(shape.height().output) * shape.batch};
  }
  const long images = shape.layout == Layout::nhwc ? 1 : shape.batch;
  return {pixels, ceil_div(shape.group_out(), plan.tile_channels), images * shape.groups};
}

} // namespace convforge
