#include "verify/winograd_bound.hpp"

#include "convforge/winograd.h"
#include "error.hpp"
#include "verify/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace convforge {
namespace {

constexpr int max_points = CONVFORGE_WINOGRAD_MAX_POINTS;
using Points = double[max_points][max_points];

convforge_winograd matrices_of(const Axis &axis, int outputs) {
  convforge_winograd matrices;
  if (convforge_winograd_matrices(outputs, axis.kernel, axis.stride, &matrices) != 0)
    fail("Winograd tile", fmt::format("{} outputs of {} taps, stride {}", outputs, axis.kernel, axis.stride),
         "one that there are points for");
  return matrices;
}

/// The magnitudes of F(m, r)'s matrices.
convforge_winograd magnitudes(const Axis &axis, int outputs) {
  convforge_winograd matrices = matrices_of(axis, outputs);
  for (auto *matrix : {&matrices.input, &matrices.weights, &matrices.output})
    for (auto &row : *matrix)
      for (double &entry : row)
        entry = std::abs(entry);
  return matrices;
}

/// to = left * from * right^T, entries that are zero left out, so that they do not meet infinities.
void transform(const Points &left, int rows, int inner_rows, const Points &from, const Points &right,
               int columns, int inner_columns, Points &to) {
  Points half = {};
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < inner_columns; ++j)
      for (int l = 0; l < inner_rows; ++l)
        half[i][j] += left[i][l] != 0 ? left[i][l] * from[l][j] : 0;
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) {
      to[i][j] = 0;
      for (int l = 0; l < inner_columns; ++l)
        to[i][j] += right[j][l] != 0 ? half[i][l] * right[j][l] : 0;
    }
}

class Magnitudes {
public:
  Magnitudes(const Problem &problem, std::span<const float> input, std::span<const float> weights,
             const WinogradTile &tile)
      : p_(problem), input_(input), down_(magnitudes(problem.height, tile.outputs_h)),
        along_(magnitudes(problem.width, tile.outputs_w)),
        x_(problem.layout, problem.height.input, problem.width.input, problem.in_channels),
        y_(problem.layout, problem.height.output, problem.width.output, problem.out_channels),
        filters_(transform_filters(weights)) {}

  std::vector<double> all() const {
    std::vector<double> result(std::size_t(p_.batch) * y_.n);
    for (int n = 0; n < p_.batch; ++n)
      for (int h = 0; h < p_.height.output; h += down_.outputs)
        for (int w = 0; w < p_.width.output; w += along_.outputs)
          for (int g = 0; g < p_.groups; ++g)
            tile(n, h, w, g, result);
    return result;
  }

private:
  int points() const { return down_.points * along_.points; }

  /// [g][point][c][k]
  std::vector<double> transform_filters(std::span<const float> weights) const {
    const WeightsStrides stride(p_);
    const std::size_t C = p_.group_in(), K = p_.group_out();
    std::vector<double> out(std::size_t(p_.groups) * points() * C * K);
    for (std::size_t g = 0; g < std::size_t(p_.groups); ++g)
      for (std::size_t c = 0; c < C; ++c)
        for (std::size_t k = 0; k < K; ++k) {
          Points taps = {}, transformed = {};
          for (int r = 0; r < down_.taps; ++r)
            for (int s = 0; s < along_.taps; ++s)
              taps[r][s] =
                  std::abs(weights[r * stride.r + s * stride.s + c * stride.c + (g * K + k) * stride.k]);
          transform(down_.weights, down_.points, down_.taps, taps, along_.weights, along_.points, along_.taps,
                    transformed);
          for (int point = 0; point < points(); ++point)
            out[((g * points() + point) * C + c) * K + k] =
                transformed[point / along_.points][point % along_.points];
        }
    return out;
  }

  double input_magnitude(int n, int h, int w, int c) const {
    if (h < 0 || h >= p_.height.input || w < 0 || w >= p_.width.input)
      return 0;
    return std::abs(static_cast<double>(input_[n * x_.n + h * x_.h + w * x_.w + c * x_.c]));
  }

  /// The outputs from (h, w) on, of every channel of group g.
  void tile(int n, int h, int w, int g, std::vector<double> &result) const {
    const std::size_t C = p_.group_in(), K = p_.group_out();
    std::vector<double> products(points() * K);
    for (std::size_t c = 0; c < C; ++c) {
      Points window = {}, transformed = {};
      for (int i = 0; i < down_.points; ++i)
        for (int j = 0; j < along_.points; ++j)
          window[i][j] = input_magnitude(n, h * p_.height.stride + i - p_.height.pad_begin,
                                         w * p_.width.stride + j - p_.width.pad_begin, int(g * C + c));
      transform(down_.input, down_.points, down_.points, window, along_.input, along_.points, along_.points,
                transformed);
      for (int point = 0; point < points(); ++point) {
        const double value = transformed[point / along_.points][point % along_.points];
        const double *filter = &filters_[((std::size_t(g) * points() + point) * C + c) * K];
        for (std::size_t k = 0; k < K; ++k)
          products[point * K + k] += value * filter[k];
      }
    }
    for (std::size_t k = 0; k < K; ++k)
      store(n, h, w, g * K + k, products, k, result);
  }

  void store(int n, int h, int w, std::size_t channel, const std::vector<double> &products, std::size_t k,
             std::vector<double> &result) const {
    Points sums = {}, outputs = {};
    for (int point = 0; point < points(); ++point)
      sums[point / along_.points][point % along_.points] = products[point * p_.group_out() + k];
    transform(down_.output, down_.outputs, down_.points, sums, along_.output, along_.outputs, along_.points,
              outputs);
    for (int i = 0; i < down_.outputs && h + i < p_.height.output; ++i)
      for (int j = 0; j < along_.outputs && w + j < p_.width.output; ++j)
        result[n * y_.n + (h + i) * y_.h + (w + j) * y_.w + channel * y_.c] = outputs[i][j];
  }

  const Problem &p_;
  std::span<const float> input_;
  convforge_winograd down_, along_;
  DataStrides x_, y_;
  std::vector<double> filters_;
};

} // namespace

std::vector<double> winograd_magnitudes(const Problem &problem, std::span<const float> input,
                                        std::span<const float> weights, const WinogradTile &tile) {
  if (input.size() != elements(problem.input_shape()) || weights.size() != elements(problem.weights_shape()))
    fail("tensors", "other sizes", "those of " + problem.descriptor());
  return Magnitudes(problem, input, weights, tile).all();
}

std::int64_t winograd_roundings(const Problem &problem, const WinogradTile &tile) {
  // Each pass of a transform is a sum of n terms: a product and n - 1 additions each. An axis that is left as
  // it is adds its taps to the channels of the products' sums.
  const auto passes = [](const Axis &axis, int outputs) {
    return outputs > 1 ? 2 * matrices_of(axis, outputs).points : 0; // of the input and of the output
  };
  const auto summed = [](const Axis &axis, int outputs) { return outputs > 1 ? 1 : axis.kernel; };
  const std::int64_t terms = std::int64_t{problem.group_in()} * summed(problem.height, tile.outputs_h) *
                             summed(problem.width, tile.outputs_w);
  return terms + 1 + passes(problem.height, tile.outputs_h) + passes(problem.width, tile.outputs_w);
}

} // namespace convforge
