// Direct: each output is the sum over every input channel of a filter window. Grouped convolutions are the
// same per group; pointwise is the same over a problem with all pixels in one row.
#include "algorithms/convolution.hpp"

namespace convforge {

void define_direct(Convolution &conv, const Problem &problem, const Plan &plan) {
  const Axis &h = problem.height, &w = problem.width;
  const auto &[k, b, g, x, y, n] = conv.v;
  conv.taps = Halide::RDom(0, problem.group_in(), 0, w.kernel, 0, h.kernel, "taps");
  const Halide::Expr c = conv.taps.x, s = conv.taps.y, r = conv.taps.z;
  const auto element = [&](const Halide::Expr &channel, const Halide::Expr &column, const Halide::Expr &row) {
    return conv.image.at(g * problem.group_in() + channel, x * w.stride + column * w.dilation,
                         y * h.stride + row * h.dilation, n);
  };
  Halide::Expr input = element(c, s, r);
  const int lanes = plan.broadcast_lanes;
  if (lanes > 1 && plan.vector_axis == VectorAxis::channel) {
    const Halide::Var q("q"), column("s"), row("r");
    conv.channel_lanes = Halide::Func("channel_lanes");
    conv.channel_lanes(conv.i, x, y, q, column, row, g, n) = element(q * lanes + conv.i, column, row);
    input = conv.channel_lanes(c % lanes, x, y, c / lanes, s, r, g, n);
  }
  conv.sum(k, b, g, x, y, n) = 0.0f;
  conv.sum(k, b, g, x, y, n) += input * conv.packed(k, c, s, r, b, g);
}

} // namespace convforge
