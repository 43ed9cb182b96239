#include "verify/piece_tensors.hpp"

#include "verify/layout.hpp"

namespace convforge {

namespace {

/// Calls visit(depth, row, column) for every place of a box.
template <typename Visit>
void for_each_position(const Problem &problem, int Axis::*extent, const Visit &visit) {
  for (int d = 0; d < problem.depth().*extent; ++d)
    for (int h = 0; h < problem.height().*extent; ++h)
      for (int w = 0; w < problem.width().*extent; ++w)
        visit(std::size_t(d), std::size_t(h), std::size_t(w));
}

std::size_t at(const DataStrides &strides, std::size_t n, std::size_t d, std::size_t h, std::size_t w,
               std::size_t c) {
  return n * strides.n + d * strides.d + h * strides.h + w * strides.w + c * strides.c;
}

} // namespace

Problem dense_piece(const Piece &piece) {
  Problem dense = piece.problem;
  dense.strides = {};
  dense.weights_layout = WeightsLayout::hwio;
  dense.epilogue = {};
  return dense;
}

std::vector<float> input_of_piece(const Problem &whole, const Piece &piece, std::span<const float> input) {
  const Problem dense = dense_piece(piece);
  const DataStrides to = DataStrides::input(dense), from = DataStrides::input(whole);
  std::vector<float> slice(elements(dense.input_shape()));
  for (std::size_t n = 0; n < std::size_t(dense.batch); ++n)
    for_each_position(dense, &Axis::input, [&](std::size_t d, std::size_t h, std::size_t w) {
      for (std::size_t c = 0; c < std::size_t(dense.in_channels); ++c)
        slice[at(to, n, d, h, w, c)] =
            input[at(from, n, d + piece.input[0], h + piece.input[1], w + piece.input[2], c)];
    });
  return slice;
}

std::vector<float> weights_of_piece(const Problem &whole, const Piece &piece,
                                    std::span<const float> weights) {
  const Problem dense = dense_piece(piece);
  const WeightsStrides from = weights_strides(whole);
  std::vector<float> slice;
  const auto tap = [&](std::size_t axis, std::size_t i) {
    return (piece.taps[axis].first + std::int64_t(i) * piece.taps[axis].step) * from.tap[axis];
  };
  for_each_position(dense, &Axis::kernel, [&](std::size_t t, std::size_t r, std::size_t s) {
    for (int c = 0; c < dense.group_in(); ++c)
      for (int k = 0; k < dense.out_channels; ++k)
        slice.push_back(weights[tap(0, t) + tap(1, r) + tap(2, s) + c * from.c +
                                k / dense.group_out() * from.group + k % dense.group_out() * from.k]);
  });
  return slice;
}

std::vector<std::size_t> outputs_of_piece(const Problem &whole, const Piece &piece) {
  const Problem dense = dense_piece(piece);
  const DataStrides from = DataStrides::output(dense), to = DataStrides::output(whole);
  std::vector<std::size_t> places(elements(dense.output_shape()));
  const auto place = [&](std::size_t axis, std::size_t i) {
    return piece.output[axis].first + i * piece.output[axis].step;
  };
  for (std::size_t n = 0; n < std::size_t(dense.batch); ++n)
    for_each_position(dense, &Axis::output, [&](std::size_t d, std::size_t h, std::size_t w) {
      for (std::size_t k = 0; k < std::size_t(dense.out_channels); ++k)
        places[at(from, n, d, h, w, k)] = at(to, n, place(0, d), place(1, h), place(2, w), k);
    });
  return places;
}

} // namespace convforge
