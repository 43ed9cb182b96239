// Depthwise: each output channel is the sum over one filter window of one input channel. With a multiplier m,
// output channel o reads input channel o / m.
#include "algorithms/convolution.hpp"

namespace convforge {

void define_depthwise(Convolution &conv, const Problem &problem, const Region &region) {
  const Axis &h = problem.height, &w = problem.width;
  const auto &[k, b, g, x, y, n] = conv.v;
  conv.taps = Halide::RDom(0, 1, 0, w.kernel, 0, h.kernel, "taps");
  const Halide::Expr s = conv.taps.y, r = conv.taps.z;
  const Halide::Expr o = region.first_channel + b * region.block + k;
  const Halide::Expr channel = conv.image.expanded ? o : o / problem.group_out();

  conv.sum(k, b, g, x, y, n) = 0.0f;
  conv.sum(k, b, g, x, y, n) +=
      conv.image.at(channel, x * w.stride + s * w.dilation, y * h.stride + r * h.dilation, n) *
      conv.packed(k, 0, s, r, b, g);
}

} // namespace convforge
