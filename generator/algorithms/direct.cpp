// Direct: each output is the sum over every input channel of a filter window. Grouped convolutions are the
// same per group; pointwise is the same over a problem with all pixels in one row.
#include "algorithms/convolution.hpp"

namespace convforge {

void define_direct(Convolution &conv, const Problem &problem) {
  const Axis &h = problem.height, &w = problem.width;
  const auto &[k, b, g, x, y, n] = conv.v;
  conv.taps = Halide::RDom(0, problem.group_in(), 0, w.kernel, 0, h.kernel, "taps");
  const Halide::Expr c = conv.taps.x, s = conv.taps.y, r = conv.taps.z;

  conv.sum(k, b, g, x, y, n) = 0.0f;
  conv.sum(k, b, g, x, y, n) += conv.image.at(g * problem.group_in() + c, x * w.stride + s * w.dilation,
                                              y * h.stride + r * h.dilation, n) *
                                conv.packed(k, c, s, r, b, g);
}

} // namespace convforge
