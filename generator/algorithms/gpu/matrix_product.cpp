// Direct and pointwise as an implicit matrix product: pixels x channels, summed over taps.
#include "algorithms/epilogue.hpp"
#include "algorithms/gpu/convolution.hpp"

namespace convforge {

namespace {

using Halide::Expr;

/// A tap as channel of the group, kernel column and kernel row.
struct Tap {
  Expr c, s, r;
};

} // namespace

void define_gpu_matrix_product(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan) {
  const Axis &h = shape.height(), &w = shape.width();
  const auto &[k, p, g, y, n] = std::tie(conv.k, conv.p, conv.g, conv.y, conv.n);
  const int channels = shape.group_in(), taps = taps_of(shape);
  const int staged = plan.flat_taps ? round_up(taps, plan.chunk) : channels;
  conv.weights = Halide::Func("weights");
  conv.taps = plan.flat_taps ? Halide::RDom(0, staged, 0, 1, 0, 1, "taps")
                             : Halide::RDom(0, channels, 0, w.kernel, 0, h.kernel, "taps");

  Halide::Var c("c"), s("s"), r("r");
  // Taps past the last are zeros on both sides: a NaN in either would reach the sum otherwise.
  const bool ragged = plan.flat_taps && staged != taps;
  const Expr flat = ragged ? min(c, taps - 1) : Expr(c);
  const Tap tap = plan.flat_taps
                      ? Tap{flat % channels, flat / channels % w.kernel, flat / channels / w.kernel}
                      : Tap{c, s, r};
  // Pixels past the last one repeat it; nothing is stored for them.
  const int pixels = static_cast<int>(pixels_of(shape, plan));
  const Expr pixel = pixels % plan.tile_pixels == 0 ? Expr(p) : min(p, pixels - 1);
  const Expr row = pixel / w.output;
  const Expr out_y = h.output == 1 ? Expr(0) : row % h.output;
  const Expr in_image = shape.layout == Layout::nhwc ? row / h.output : Expr(n);

  const Expr value =
      padded_input(conv.input, shape, g * channels + tap.c, pixel % w.output * w.stride + tap.s * w.dilation,
                   out_y * h.stride + tap.r * h.dilation, in_image);
  conv.image(p, c, s, r, g, n) = ragged ? select(c < taps, value, 0.0f) : value;
  const Expr packed_tap = plan.flat_taps ? flat : (r * w.kernel + s) * channels + c;
  const Expr weight = conv.packed(k % plan.tile_channels, packed_tap, k / plan.tile_channels, g);
  conv.weights(k, c, s, r, g) = ragged ? select(c < taps, weight, 0.0f) : weight;

  conv.sum(k, p, g, n) = 0.0f;
  conv.sum(k, p, g, n) += conv.image(p, conv.taps.x, conv.taps.y, conv.taps.z, g, n) *
                          conv.weights(k, conv.taps.x, conv.taps.y, conv.taps.z, g);
  conv.output(k, p, g, n) = apply_epilogue(shape, conv.sum(k, p, g, n), conv.operands, {k, g}, {k, p, g, n});
}

} // namespace convforge
