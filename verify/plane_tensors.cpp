#include "verify/plane_tensors.hpp"

#include "verify/layout.hpp"

namespace convforge {

namespace {

/// Calls visit(n, y, x) for every pixel of all images.
template <typename Visit>
void for_each_pixel_of_planes(const Problem &images, int Axis::*extent, const Visit &visit) {
  for (std::size_t n = 0; n < std::size_t(images.batch); ++n)
    for (std::size_t y = 0; y < std::size_t(images.height().*extent); ++y)
      for (std::size_t x = 0; x < std::size_t(images.width().*extent); ++x)
        visit(n, y, x);
}

} // namespace

std::vector<float> input_of_planes(const Problem &problem, std::span<const float> input) {
  const Problem images = window_planes(problem);
  const DataStrides from = DataStrides::input(problem), to = DataStrides::input(images);
  const Axis &depth = problem.depth();
  const std::size_t C = problem.group_in(), planes = depth.output;
  std::vector<float> all(elements(images.input_shape()));
  for_each_pixel_of_planes(images, &Axis::input, [&](std::size_t n, std::size_t y, std::size_t x) {
    for (std::size_t c = 0; c < std::size_t(images.in_channels); ++c) {
      const std::size_t group = c / (C * depth.kernel), tap = c / C % depth.kernel;
      const std::int64_t plane = element_at(problem.padding_mode,
                                            std::int64_t(n % planes) * depth.stride +
                                                std::int64_t(tap) * depth.dilation - depth.pad_begin,
                                            depth.input);
      if (plane >= 0)
        all[n * to.n + y * to.h + x * to.w + c * to.c] =
            input[n / planes * from.n + plane * from.d + y * from.h + x * from.w +
                  (group * C + c % C) * from.c];
    }
  });
  return all;
}

std::vector<float> weights_of_planes(const Problem &problem, std::span<const float> weights) {
  const Problem images = window_planes(problem);
  const WeightsStrides from = weights_strides(problem), to = weights_strides(images);
  const int C = problem.group_in(), rows = problem.height().kernel, columns = problem.width().kernel;
  std::vector<float> all(elements(images.weights_shape()));
  for (int g = 0; g < problem.groups; ++g)
    for (int k = 0; k < problem.group_out(); ++k)
      for (int c = 0; c < images.group_in(); ++c)
        for (int r = 0; r < rows; ++r)
          for (int s = 0; s < columns; ++s)
            all[g * to.group + k * to.k + c * to.c + r * to.tap[1] + s * to.tap[2]] =
                weights[g * from.group + k * from.k + c % C * from.c + c / C * from.tap[0] + r * from.tap[1] +
                        s * from.tap[2]];
  return all;
}

std::vector<std::size_t> outputs_of_planes(const Problem &problem) {
  const Problem images = window_planes(problem);
  const DataStrides from = DataStrides::output(images), to = DataStrides::output(problem);
  const std::size_t planes = problem.depth().output;
  std::vector<std::size_t> places(elements(images.output_shape()));
  for_each_pixel_of_planes(images, &Axis::output, [&](std::size_t n, std::size_t y, std::size_t x) {
    for (std::size_t k = 0; k < std::size_t(problem.out_channels); ++k)
      places[n * from.n + y * from.h + x * from.w + k * from.c] =
          n / planes * to.n + n % planes * to.d + y * to.h + x * to.w + k * to.c;
  });
  return places;
}

} // namespace convforge
