#include "verify/winograd_bound.hpp"

#include "base/error.hpp"
#include "base/integer.hpp"
#include "convforge/winograd.h"
#include "problem/pooling_patches.hpp"
#include "verify/layout.hpp"
#include "verify/patch_tensors.hpp"
#include "verify/piece_tensors.hpp"
#include "verify/plane_tensors.hpp"

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

/// The magnitudes of F(m, r)'s matrices, for a tile of which the first `wanted` outputs matter.
convforge_winograd magnitudes(const Axis &axis, int outputs, int wanted) {
  convforge_winograd matrices = matrices_of(axis, outputs);
  if (convforge_winograd_keep_outputs(&matrices, wanted) != 0)
    fail("Winograd tile", fmt::format("{} of {} outputs", wanted, outputs), "at least one");
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

/// Both transforms of an axis: that of all tiles, and what a kernel may use for the last one instead, where
/// fewer of its outputs are in the image.
struct AxisMagnitudes {
  convforge_winograd whole, last;
  int outputs; ///< of the axis
  int step;    ///< from one output of a tile to the next: the dilation, each phase of which has its own tiles
  int tiles;   ///< of a phase
  bool shorter; ///< is the last one?

  AxisMagnitudes(const Axis &axis, int tile)
      : whole(magnitudes(axis, tile, tile)), outputs(axis.output), step(axis.kernel > 1 ? axis.dilation : 1) {
    const int of_phase = ceil_div(axis.output, step);
    tiles = ceil_div(of_phase, tile);
    const int wanted = of_phase - (tiles - 1) * tile;
    shorter = wanted < tile;
    last = magnitudes(axis, tile, wanted);
  }
  /// The first outputs of all tiles.
  std::vector<int> firsts() const {
    std::vector<int> all;
    for (int phase = 0; phase < std::min(step, outputs); ++phase)
      for (int tile = 0; tile < tiles; ++tile)
        all.push_back(tile * whole.outputs * step + phase);
    return all;
  }
  bool is_last(int first) const { return first / step / whole.outputs == tiles - 1; }
  bool is_shorter(int first) const { return shorter && is_last(first); }
  const convforge_winograd &of(int first) const { return is_last(first) ? last : whole; }
};

/// The larger one; NaN is larger than all.
double larger(double a, double b) {
  return std::isnan(a) || a > b ? a : b;
}

class Magnitudes {
public:
  Magnitudes(const Problem &problem, std::span<const float> input, std::span<const float> weights,
             const WinogradTile &tile)
      : p_(problem), input_(input), down_(problem.height(), tile.outputs_h),
        along_(problem.width(), tile.outputs_w), x_(DataStrides::input(problem)),
        y_(DataStrides::output(problem)), filters_(transform_filters(weights)) {}

  std::vector<double> all() const {
    std::vector<double> result(std::size_t(p_.batch) * y_.n);
    for (int n = 0; n < p_.batch; ++n)
      for (const int h : down_.firsts())
        for (const int w : along_.firsts())
          for (int g = 0; g < p_.groups; ++g) {
            tile(n, h, w, g, down_.whole, along_.whole, result);
            if (down_.is_shorter(h) || along_.is_shorter(w))
              tile(n, h, w, g, down_.of(h), along_.of(w), result);
          }
    return result;
  }

private:
  int points() const { return down_.whole.points * along_.whole.points; }

  /// [g][point][c][k]
  std::vector<double> transform_filters(std::span<const float> weights) const {
    const WeightsStrides stride = weights_strides(p_);
    const std::size_t C = p_.group_in(), K = p_.group_out();
    std::vector<double> out(std::size_t(p_.groups) * points() * C * K);
    for (std::size_t g = 0; g < std::size_t(p_.groups); ++g)
      for (std::size_t c = 0; c < C; ++c)
        for (std::size_t k = 0; k < K; ++k) {
          Points taps = {}, transformed = {};
          for (int r = 0; r < down_.whole.taps; ++r)
            for (int s = 0; s < along_.whole.taps; ++s)
              taps[r][s] = std::abs(weights[r * stride.tap[1] + s * stride.tap[2] + c * stride.c +
                                            g * stride.group + k * stride.k]);
          transform(down_.whole.weights, down_.whole.points, down_.whole.taps, taps, along_.whole.weights,
                    along_.whole.points, along_.whole.taps, transformed);
          for (int point = 0; point < points(); ++point)
            out[((g * points() + point) * C + c) * K + k] =
                transformed[point / along_.whole.points][point % along_.whole.points];
        }
    return out;
  }

  double input_magnitude(int n, int row, int column, int c) const {
    const std::int64_t h = element_at(p_.padding_mode, row, p_.height().input);
    const std::int64_t w = element_at(p_.padding_mode, column, p_.width().input);
    if (h < 0 || w < 0)
      return 0;
    return std::abs(static_cast<double>(input_[n * x_.n + h * x_.h + w * x_.w + c * x_.c]));
  }

  /// The outputs from (h, w) on, of every channel of group g, where they are larger than before.
  void tile(int n, int h, int w, int g, const convforge_winograd &down, const convforge_winograd &along,
            std::vector<double> &result) const {
    const std::size_t C = p_.group_in(), K = p_.group_out();
    std::vector<double> products(points() * K);
    for (std::size_t c = 0; c < C; ++c) {
      Points window = {}, transformed = {};
      for (int i = 0; i < down_.whole.points; ++i)
        for (int j = 0; j < along_.whole.points; ++j)
          window[i][j] =
              input_magnitude(n, h * p_.height().stride + i * down_.step - p_.height().pad_begin,
                              w * p_.width().stride + j * along_.step - p_.width().pad_begin, int(g * C + c));
      transform(down.input, down.points, down.points, window, along.input, along.points, along.points,
                transformed);
      for (int point = 0; point < points(); ++point) {
        const double value = transformed[point / along_.whole.points][point % along_.whole.points];
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
      sums[point / along_.whole.points][point % along_.whole.points] =
          products[std::size_t(point) * p_.group_out() + k];
    transform(down_.whole.output, down_.whole.outputs, down_.whole.points, sums, along_.whole.output,
              along_.whole.outputs, along_.whole.points, outputs);
    for (int i = 0; i < down_.whole.outputs && h + i * down_.step < p_.height().output; ++i)
      for (int j = 0; j < along_.whole.outputs && w + j * along_.step < p_.width().output; ++j) {
        double &at =
            result[n * y_.n + (h + i * down_.step) * y_.h + (w + j * along_.step) * y_.w + channel * y_.c];
        at = larger(outputs[i][j], at);
      }
  }

  const Problem &p_;
  std::span<const float> input_;
  AxisMagnitudes down_, along_;
  DataStrides x_, y_;
  std::vector<double> filters_;
};

/// Of planes of windows as channels, each output at its place.
std::vector<double> magnitudes_of_planes(const Problem &problem, std::span<const float> input,
                                         std::span<const float> weights, const WinogradTile &tile) {
  const std::vector<double> of_images = winograd_magnitudes(
      window_planes(problem), input_of_planes(problem, input), weights_of_planes(problem, weights), tile);
  const std::vector<std::size_t> places = outputs_of_planes(problem);
  std::vector<double> magnitudes(of_images.size());
  for (std::size_t i = 0; i < places.size(); ++i)
    magnitudes[places[i]] = of_images[i];
  return magnitudes;
}

} // namespace

std::vector<double> winograd_magnitudes(const Problem &problem, std::span<const float> input,
                                        std::span<const float> weights, const WinogradTile &tile) {
  if (input.size() != elements(problem.input_shape()) || weights.size() != elements(problem.weights_shape()))
    fail("tensors", "other sizes", "those of " + problem.descriptor());
  return problem.has_depth() ? magnitudes_of_planes(problem, input, weights, tile)
                             : Magnitudes(problem, input, weights, tile).all();
}

std::int64_t winograd_roundings(const Problem &problem, const WinogradTile &tile) {
  // Each pass of a transform is a sum of n terms: a product and n - 1 additions each. An axis that is left as
  // it is adds its taps to the channels of the products' sums.
  const auto passes = [](const Axis &axis, int outputs) {
    return outputs > 1 ? 2 * matrices_of(axis, outputs).points : 0; // of the input and of the output
  };
  const auto summed = [](const Axis &axis, int outputs) { return outputs > 1 ? 1 : axis.kernel; };
  const std::int64_t terms = std::int64_t{problem.group_in()} * problem.depth().kernel *
                             summed(problem.height(), tile.outputs_h) *
                             summed(problem.width(), tile.outputs_w);
  return terms + 1 + passes(problem.height(), tile.outputs_h) + passes(problem.width(), tile.outputs_w);
}

std::vector<WinogradTile> tiles_of(const convforge_kernel &kernel) {
  std::vector<WinogradTile> tiles;
  for (const convforge_pack *pack = &kernel.pack; pack != nullptr; pack = pack->next) {
    const bool winograd = pack->kind == CONVFORGE_PACK_WINOGRAD;
    tiles.push_back(winograd ? WinogradTile{pack->outputs[CONVFORGE_HEIGHT],
                                            pack->outputs[CONVFORGE_WIDTH],
                                            {kernel.pooled_rows, kernel.pooled_columns}}
                             : WinogradTile{});
  }
  return tiles;
}

namespace {

/// Of every output the largest of the patches that have it.
std::vector<double> magnitudes_of_patches(const Problem &problem, std::span<const float> input,
                                          std::span<const float> weights, const WinogradTile &tile) {
  if (tile.pooled.rows == 0) // tiles are those of the whole image
    return winograd_magnitudes(unpooled(problem), input, weights, tile);
  const Problem patches = pooling_patches(problem, tile.pooled);
  const std::vector<double> of_patches =
      winograd_magnitudes(patches, input_of_patches(problem, tile.pooled, input), weights, tile);
  const std::vector<std::size_t> places = outputs_of_patches(problem, tile.pooled);
  std::vector<double> magnitudes(elements(problem.residual_shape()));
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i] < magnitudes.size())
      magnitudes[places[i]] = larger(of_patches[i], magnitudes[places[i]]);
  return magnitudes;
}

} // namespace

WinogradTerms winograd_terms(const Problem &problem, std::span<const float> input,
                             std::span<const float> weights, const std::vector<WinogradTile> &tiles) {
  WinogradTerms terms;
  if (std::ranges::all_of(tiles, &WinogradTile::none))
    return terms;
  const std::size_t outputs = elements(problem.residual_shape());
  if (problem.pools()) {
    terms.magnitudes = magnitudes_of_patches(problem, input, weights, tiles.front());
    terms.roundings.assign(outputs, winograd_roundings(problem, tiles.front()));
    return terms;
  }
  if (!in_pieces(problem)) {
    terms.magnitudes = winograd_magnitudes(problem, input, weights, tiles.front());
    terms.roundings.assign(outputs, winograd_roundings(problem, tiles.front()));
    return terms;
  }
  terms.magnitudes.resize(outputs);
  terms.roundings.resize(outputs);
  const std::vector<Piece> pieces = pieces_of(problem);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const WinogradTile &tile = tiles.size() == 1 ? tiles.front() : tiles.at(i); // phases may be joined
    if (tile.none())
      continue;
    const Problem piece = dense_piece(pieces[i]);
    const std::vector<double> magnitudes =
        winograd_magnitudes(piece, input_of_piece(problem, pieces[i], input),
                            weights_of_piece(problem, pieces[i], weights), tile);
    const std::vector<std::size_t> places = outputs_of_piece(problem, pieces[i]);
    for (std::size_t j = 0; j < places.size(); ++j) {
      terms.magnitudes[places[j]] = magnitudes[j];
      terms.roundings[places[j]] = winograd_roundings(piece, tile);
    }
  }
  return terms;
}

} // namespace convforge
