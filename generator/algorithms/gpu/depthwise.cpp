// Depthwise: output channel k is the sum over one filter window of input channel k / multiplier.
#include "algorithms/epilogue.hpp"
#include "algorithms/gpu/convolution.hpp"

namespace convforge {

void define_gpu_depthwise(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan) {
  using Halide::Expr;
  const Axis &h = shape.height(), &w = shape.width();
  const auto &[k, p, y, n] = std::tie(conv.k, conv.p, conv.y, conv.n);
  Halide::Var x("x"), row("row");
  conv.taps = Halide::RDom(0, 1, 0, w.kernel, 0, h.kernel, "taps");
  const Expr s = conv.taps.y, r = conv.taps.z;

  conv.image(k, x, row, n) = padded_input(conv.input, shape, k / shape.group_out(), x, row, n);
  conv.sum(k, p, y, n) = 0.0f;
  conv.sum(k, p, y, n) += conv.image(k, p * w.stride + s * w.dilation, y * h.stride + r * h.dilation, n) *
                          conv.packed(k % plan.tile_channels, r * w.kernel + s, k / plan.tile_channels, 0);
  conv.output(k, p, y, n) = apply_epilogue(shape, conv.sum(k, p, y, n), conv.operands, {k, 0}, {k, p, y, n});
}

} // namespace convforge
