// Direct: each output is the sum over every input channel of a filter window. Grouped convolutions are the
// same per group; pointwise is the same over a problem with all pixels in one row.
#include "algorithms/convolution.hpp"
#include "algorithms/halide_type.hpp"

namespace convforge {

namespace {

using Halide::Expr;

/// The input element of a tap of an output of group g.
Expr element(const Convolution &conv, const Problem &problem, const Expr &channel, const Expr &column,
             const Expr &row, const Expr &plane) {
  return element_under(conv, problem, conv.v.g * problem.group_in() + channel, column, row, plane);
}

/// Declares the taps, those in the padding left out where the plan says so.
void declare_direct_taps(Convolution &conv, const Problem &problem, const Plan &plan, int channels) {
  conv.taps = declare_taps(conv, problem, channels);
  if (plan.window().skip_rows) // they bound the loop over kernel rows
    pass_over_rows(conv, problem.height());
  if (plan.window().skip_columns)
    pass_over_columns(conv, problem.width());
}

/// A weight, where the plan says so by one of two pointers in turn: LLVM cannot know them to be equal, so
/// that it does not join neighbouring loads into pairs, which costs in-order cores the places it had found
/// for them between multiply-adds (docs/arm.md). Which pointer is a constant once vectors and the channels
/// of a load are unrolled.
Expr weight(const Convolution &conv, const Problem &problem, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  Expr even = accumulated(problem.types, conv.packed(k, c, s, r, t, b, g));
  if (!conv.packed_odd.defined())
    return even;
  const Expr vector = c * (region.block / region.lanes) + k / region.lanes;
  return select(vector % 2 == 0, even, accumulated(problem.types, conv.packed_odd(k, c, s, r, t, b, g)));
}

} // namespace

void define_direct(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  declare_direct_taps(conv, problem, plan, problem.group_in());
  const auto &[c, s, r, t] = Taps(conv.taps);
  Expr input = element(conv, problem, c, s, r, t);
  const int lanes = plan.broadcast_lanes;
  if (lanes > 1 && plan.vector_axis == VectorAxis::channel) {
    const Halide::Var q("q"), column("s"), row("r"), plane("t");
    conv.channel_lanes = Halide::Func("channel_lanes");
    conv.channel_lanes(conv.i, x, y, z, q, column, row, plane, g, n) =
        element(conv, problem, q * lanes + conv.i, column, row, plane);
    input = conv.channel_lanes(c % lanes, x, y, z, c / lanes, s, r, t, g, n);
  }
  conv.sum(k, b, g, x, y, z, n) = 0.0f;
  conv.sum(k, b, g, x, y, z, n) += input * weight(conv, problem, region);
}

void define_direct_by_lanes(Convolution &conv, const Problem &problem, const Plan &plan, int lanes) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  declare_direct_taps(conv, problem, plan, problem.group_in() / lanes);
  const Halide::Var &l = conv.lane;
  const auto &[q, s, r, t] = Taps(conv.taps);
  const Expr c = q * lanes + l;
  conv.partial = Halide::Func("partial_" + conv.sum.name());
  conv.partial(l, k, b, g, x, y, z, n) = 0.0f;
  conv.partial(l, k, b, g, x, y, z, n) +=
      element(conv, problem, c, s, r, t) * accumulated(problem.types, conv.packed(k, c, s, r, t, b, g));
  conv.lanes = Halide::RDom(0, lanes, "lanes");
  conv.sum(k, b, g, x, y, z, n) = 0.0f;
  conv.sum(k, b, g, x, y, z, n) += conv.partial(conv.lanes, k, b, g, x, y, z, n);
}

} // namespace convforge
