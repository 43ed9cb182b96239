// Direct: each output is the sum over every input channel of a filter window. Grouped convolutions are the
// same per group; pointwise is the same over a problem with all pixels in one row.
#include "algorithms/convolution.hpp"
#include "algorithms/halide_type.hpp"

namespace convforge {

namespace {

using Halide::Expr;

/// The input element of a tap of output (x, y, n) of group g.
Expr element(const Convolution &conv, const Problem &problem, const Expr &channel, const Expr &column,
             const Expr &row) {
  const auto &[k, b, g, x, y, n] = conv.v;
  return conv.image.at(g * problem.group_in() + channel,
                       x * problem.width().stride + column * problem.width().dilation,
                       y * problem.height().stride + row * problem.height().dilation, n);
}

/// Declares the taps, those in the padding left out where the plan says so.
void declare_taps(Convolution &conv, const Problem &problem, const Plan &plan, int channels) {
  const Axis &h = problem.height(), &w = problem.width();
  conv.taps = Halide::RDom(0, channels, 0, w.kernel, 0, h.kernel, "taps");
  const Expr row = conv.v.y * h.stride + conv.taps.z * h.dilation - h.pad_begin;
  const Expr column = conv.v.x * w.stride + conv.taps.y * w.dilation - w.pad_begin;
  // Rows bound the loop over kernel rows. Columns are likely to be inside: Halide then writes the tiles at
  // the edges out apart, with the taps of each pixel known, and leaves those in between without a condition.
  if (plan.skip_rows && h.pad_begin > 0) {
    conv.taps.where(row >= 0);
  }
  if (plan.skip_rows && h.pad_end > 0) {
    conv.taps.where(row < h.input);
  }
  if (plan.skip_columns && w.pad_begin > 0) {
    conv.taps.where(likely(column >= 0));
  }
  if (plan.skip_columns && w.pad_end > 0) {
    conv.taps.where(likely(column < w.input));
  }
}

/// A weight, where the plan says so by one of two pointers in turn: LLVM cannot know them to be equal, so
/// that it does not join neighbouring loads into pairs, which costs in-order cores the places it had found
/// for them between multiply-adds (docs/arm.md). Which pointer is a constant once vectors and the channels
/// of a load are unrolled.
Expr weight(const Convolution &conv, const Problem &problem, const Region &region, const Expr &c,
            const Expr &s, const Expr &r) {
  const auto &[k, b, g, x, y, n] = conv.v;
  Expr even = accumulated(problem.types, conv.packed(k, c, s, r, b, g));
  if (!conv.packed_odd.defined()) {
    return even;
  }
  const Expr vector = c * (region.block / region.lanes) + k / region.lanes;
  return select(vector % 2 == 0, even, accumulated(problem.types, conv.packed_odd(k, c, s, r, b, g)));
}

} // namespace

void define_direct(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, n] = conv.v;
  declare_taps(conv, problem, plan, problem.group_in());
  const Expr c = conv.taps.x, s = conv.taps.y, r = conv.taps.z;
  Expr input = element(conv, problem, c, s, r);
  const int lanes = plan.broadcast_lanes;
  if (lanes > 1 && plan.vector_axis == VectorAxis::channel) {
    const Halide::Var q("q"), column("s"), row("r");
    conv.channel_lanes = Halide::Func("channel_lanes");
    conv.channel_lanes(conv.i, x, y, q, column, row, g, n) =
        element(conv, problem, q * lanes + conv.i, column, row);
    input = conv.channel_lanes(c % lanes, x, y, c / lanes, s, r, g, n);
  }
  conv.sum(k, b, g, x, y, n) = 0.0f;
  conv.sum(k, b, g, x, y, n) += input * weight(conv, problem, region, c, s, r);
}

void define_direct_by_lanes(Convolution &conv, const Problem &problem, const Plan &plan, int lanes) {
  const auto &[k, b, g, x, y, n] = conv.v;
  declare_taps(conv, problem, plan, problem.group_in() / lanes);
  const Halide::Var &l = conv.lane;
  const Expr c = conv.taps.x * lanes + l, s = conv.taps.y, r = conv.taps.z;
  conv.partial = Halide::Func("partial_" + conv.sum.name());
  conv.partial(l, k, b, g, x, y, n) = 0.0f;
  conv.partial(l, k, b, g, x, y, n) +=
      element(conv, problem, c, s, r) * accumulated(problem.types, conv.packed(k, c, s, r, b, g));
  conv.lanes = Halide::RDom(0, lanes, "lanes");
  conv.sum(k, b, g, x, y, n) = 0.0f;
  conv.sum(k, b, g, x, y, n) += conv.partial(conv.lanes, k, b, g, x, y, n);
}

} // namespace convforge
