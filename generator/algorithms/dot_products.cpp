// 8-bit integers: each sum begins with what packing knows of its channel (bias, zero point, moved sign) and
// adds dot products of several elements (target/dot.hpp). Integers: every order gives the same sum.
#include "algorithms/convolution.hpp"
#include "algorithms/halide_type.hpp"
#include "plan/dot_runs.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;

Expr wide(const Expr &operand) {
  return Halide::cast<std::int32_t>(operand);
}

/// An element of a run that lies side by side in the input or its copy, and what of the last dot product lies
/// behind it: its weights are zero.
Expr element_of_run(const Convolution &conv, const Problem &problem, const DotRuns &runs, const Expr &element,
                    const Expr &run, const Expr &row, const Expr &plane) {
  const Expr column = runs.columns == 1 ? run : Expr(0);
  return element_under(conv, problem, conv.v.g * problem.group_in() + element, column, row, plane);
}

/// Several dot products' elements of a pixel, which one load brings: Plan::broadcast_lanes.
Expr lanes_of_run(Convolution &conv, const Problem &problem, const Plan &plan, const DotRuns &runs) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  const int lanes = plan.broadcast_lanes, elements = operands_of(plan.dot).elements;
  const Halide::Var q("q"), run("s"), row("r"), plane("t");
  conv.channel_lanes = Halide::Func("channel_lanes");
  conv.channel_lanes(conv.i, x, y, z, q, run, row, plane, g, n) =
      element_of_run(conv, problem, runs, q * (lanes * elements) + conv.i, run, row, plane);
  return conv.channel_lanes(c % lanes * elements + conv.taps[4], x, y, z, c / lanes, s, r, t, g, n);
}

/// Depthwise: taps of a row of the kernel side by side. Behind the last tap stands any other, whose weights
/// are zero. In registers, of every output's column and dot product; in the workspace, of every column of the
/// input, which several outputs' dot products share.
void define_side_by_side(Convolution &conv, const Problem &problem, const Plan &plan,
                         const std::string &suffix) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const Axis &w = problem.width();
  const Halide::Var o("o"), dot("dot");
  const int elements = operands_of(plan.dot).elements;
  conv.side_by_side = Halide::Func("side_by_side_" + suffix);
  const Expr channel = conv.image.expanded ? Expr(o) : o / problem.group_out();
  if (taps_in_registers(plan)) {
    const Expr tap = min(dot * elements + conv.i, w.kernel - 1);
    conv.side_by_side(conv.i, o, x, dot, y, z, n) =
        conv.image.at(channel, x * w.stride + tap * w.dilation, y, z, n);
  } else {
    const Expr column = min(x + conv.i * w.dilation, w.window(w.output) - 1);
    conv.side_by_side(conv.i, o, x, y, z, n) = conv.image.at(channel, column, y, z, n);
  }
}

Expr depthwise_operand(const Convolution &conv, const Problem &problem, const Plan &plan,
                       const Region &region) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  const Halide::RVar &i = conv.taps[4];
  const Axis &h = problem.height(), &d = problem.depth(), &w = problem.width();
  const int elements = operands_of(plan.dot).elements;
  const Expr o = region.first_channel + b * region.block + k;
  const Expr row = y * h.stride + r * h.dilation, plane = z * d.stride + t * d.dilation;
  if (taps_in_registers(plan))
    return conv.side_by_side(i, o, x, c, row, plane, n);
  if (taps_in_workspace(plan))
    return conv.side_by_side(i, o, x * w.stride + c * elements * w.dilation, row, plane, n);
  const Expr channel = conv.image.expanded ? o : o / problem.group_out();
  return conv.image.at(channel, x * w.stride + c * w.dilation, row, plane, n);
}

/// Vectors along a run: every lane adds up dot products of its own, and lanes are added up at the end.
void define_lane_sums(Convolution &conv, const Problem &problem, const Plan &plan, const DotRuns &runs,
                      int lanes) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const auto &[c, s, r, t] = Taps(conv.taps);
  const Halide::RVar &i = conv.taps[4];
  const Expr dot = c * lanes + conv.lane;
  const Expr input = element_of_run(conv, problem, runs, dot * operands_of(plan.dot).elements + i, s, r, t);
  conv.partial = Halide::Func("partial_" + conv.sum.name());
  conv.partial(conv.lane, k, b, g, x, y, z, n) = 0;
  conv.partial(conv.lane, k, b, g, x, y, z, n) += wide(input) * wide(conv.packed(i, k, dot, s, r, t, b, g));
  conv.lanes = Halide::RDom(0, lanes, "lanes");
  conv.sum(k, b, g, x, y, z, n) += conv.partial(conv.lanes, k, b, g, x, y, z, n);
}

} // namespace

void define_dots(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region,
                 const std::string &suffix) {
  const auto &[k, b, g, x, y, z, n] = conv.v;
  const DotRuns runs = dot_runs(problem, plan);
  const int elements = operands_of(plan.dot).elements;
  const bool by_lanes = plan.vector_axis == VectorAxis::input_channel;
  conv.taps = Halide::RDom({{0, runs.dots / (by_lanes ? region.lanes : 1)},
                            {0, runs.runs},
                            {0, problem.height().kernel},
                            {0, problem.depth().kernel},
                            {0, elements}},
                           "taps");
  if (plan.window().skip_rows)
    pass_over_rows(conv, problem.height());
  if (plan.window().skip_columns)
    pass_over_columns(conv, problem.width());
  const auto &[c, s, r, t] = Taps(conv.taps);
  const Halide::RVar &i = conv.taps[4];
  if (taps_in_registers(plan) || taps_in_workspace(plan))
    define_side_by_side(conv, problem, plan, suffix);
  conv.tables = region_tables(problem, plan, region, suffix);
  conv.sum(k, b, g, x, y, z, n) = conv.tables.front()(k, b, g);
  if (by_lanes) {
    define_lane_sums(conv, problem, plan, runs, region.lanes);
    return;
  }
  const Expr input = plan.channelwise() ? depthwise_operand(conv, problem, plan, region)
                     : plan.broadcast_lanes > 1
                         ? lanes_of_run(conv, problem, plan, runs)
                         : element_of_run(conv, problem, runs, c * elements + i, s, r, t);
  conv.sum(k, b, g, x, y, z, n) += wide(input) * wide(conv.packed(i, k, c, s, r, t, b, g));
}

} // namespace convforge
