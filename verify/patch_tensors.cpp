#include "verify/patch_tensors.hpp"

#include "verify/layout.hpp"

namespace convforge {

namespace {

/// A patch: of which image, and the convolution's output in its corner.
struct Corner {
  int image, row, column;
};

Corner corner_of(const Problem &problem, const PooledPatch &patch, int n) {
  const auto [down, along] = patch_counts(problem, patch);
  const Axis &height = problem.pooling.height(), &width = problem.pooling.width();
  return {n / (down * along), corner_of_patch(height, patch.rows, n / along % down),
          corner_of_patch(width, patch.columns, n % along)};
}

/// Calls visit(n, row, column) for every pixel of all patches.
template <typename Visit>
void for_each_pixel(const Problem &patches, int Axis::*extent, const Visit &visit) {
  for (int n = 0; n < patches.batch; ++n)
    for (int y = 0; y < patches.height().*extent; ++y)
      for (int x = 0; x < patches.width().*extent; ++x)
        visit(n, y, x);
}

} // namespace

std::vector<float> input_of_patches(const Problem &problem, const PooledPatch &patch,
                                    std::span<const float> input) {
  const Problem patches = pooling_patches(problem, patch);
  const DataStrides from = DataStrides::input(problem), to = DataStrides::input(patches);
  const auto element = [&](const Axis &axis, int output, int at) {
    return element_at(problem.padding_mode, output * axis.stride - axis.pad_begin + at, axis.input);
  };
  std::vector<float> all(elements(patches.input_shape()));
  for_each_pixel(patches, &Axis::input, [&](int n, int y, int x) {
    const Corner corner = corner_of(problem, patch, n);
    const std::int64_t h = element(problem.height(), corner.row, y);
    const std::int64_t w = element(problem.width(), corner.column, x);
    for (std::size_t c = 0; h >= 0 && w >= 0 && c < std::size_t(problem.in_channels); ++c)
      all[n * to.n + y * to.h + x * to.w + c * to.c] =
          input[corner.image * from.n + h * from.h + w * from.w + c * from.c];
  });
  return all;
}

std::vector<std::size_t> outputs_of_patches(const Problem &problem, const PooledPatch &patch) {
  const Problem patches = pooling_patches(problem, patch), convolution = unpooled(problem);
  const DataStrides from = DataStrides::output(patches), to = DataStrides::output(convolution);
  const std::size_t beyond = elements(convolution.output_shape());
  std::vector<std::size_t> places(elements(patches.output_shape()));
  for_each_pixel(patches, &Axis::output, [&](int n, int y, int x) {
    const Corner corner = corner_of(problem, patch, n);
    const int row = corner.row + y, column = corner.column + x;
    const bool inside =
        row >= 0 && row < problem.height().output && column >= 0 && column < problem.width().output;
    for (std::size_t k = 0; k < std::size_t(problem.out_channels); ++k)
      places[n * from.n + y * from.h + x * from.w + k * from.c] =
          inside ? corner.image * to.n + row * to.h + column * to.w + k * to.c : beyond;
  });
  return places;
}

} // namespace convforge
