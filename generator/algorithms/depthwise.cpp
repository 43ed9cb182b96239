// Depthwise: each output channel is the sum over one filter window of one input channel. With a multiplier m,
// output channel o reads input channel o / m.
#include "algorithms/convolution.hpp"
#include "algorithms/halide_type.hpp"

namespace convforge {

namespace {

/// Whether padded coordinate `i` lies in the image.
Halide::Expr inside(const Axis &axis, const Halide::Expr &i) {
  return i >= axis.pad_begin && i < axis.pad_begin + axis.input;
}

} // namespace

void define_depthwise(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  const Axis &h = problem.height(), &w = problem.width();
  const auto &[k, b, g, x, y, z, n] = conv.v;
  conv.taps = declare_taps(conv, problem, 1);
  const auto &[c, s, r, t] = Taps(conv.taps);
  const Halide::Expr o = region.first_channel + b * region.block + k;
  const Halide::Expr channel = conv.image.expanded ? o : o / problem.group_out();
  const Halide::Expr column = x * w.stride + s * w.dilation, row = y * h.stride + r * h.dilation;

  Halide::Expr element = element_under(conv, problem, channel, s, r, t);
  if (plan.window().skip_rows &&
      !plan.window().padded_copy) { // a copy holds zeros there, and is kept from its first row on
    conv.taps.where(inside(h, row));
  }
  if (plan.window().skip_columns) {
    // The schedule makes the condition a constant everywhere; `likely` is how Halide splits the loop for
    // that.
    element = select(inside(w, column), likely(element), 0.0f);
  }
  conv.sum(k, b, g, x, y, z, n) = 0.0f;
  conv.sum(k, b, g, x, y, z, n) += element * accumulated(problem.types, conv.packed(k, 0, s, r, t, b, g));
}

} // namespace convforge
