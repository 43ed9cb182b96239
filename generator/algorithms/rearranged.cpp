#include "algorithms/rearranged.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/padded_element.hpp"
#include "algorithms/padding.hpp"
#include "algorithms/patch_input.hpp"
#include "algorithms/stored_once.hpp"
#include "algorithms/tensor_dims.hpp"
#include "algorithms/window_planes_input.hpp"
#include "plan/channels_last.hpp"
#include "plan/dilation_phases.hpp"
#include "plan/used_channels.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Func;

PaddedElement element_of(const Axis &axis, PaddingMode mode, const Expr &element, const Expr &phase) {
  if (!is_dilated(axis))
    return {padded_from(axis, mode, element), Expr()};
  const Expr coordinate = element * axis.dilation + phase - axis.pad_begin;
  const Expr inside = coordinate >= 0 && coordinate < axis.input;
  return {padded_from(axis, mode, coordinate), mode == PaddingMode::zeros ? inside : Expr()};
}

/// The element of the dense problem's image n, which is a phase.
Expr element_of_phase(const Problem &problem, const Halide::ImageParam &input, const RearrangedInput &at) {
  const auto [rows, columns] = dilation_phases(problem);
  const PaddedElement column = element_of(problem.width(), problem.pads_with(), at.x, at.n % columns);
  const PaddedElement row = element_of(problem.height(), problem.pads_with(), at.y, at.n / columns % rows);
  return within(element_of_input(problem, input, at.c, column.near, row.near, at.n / (rows * columns)),
                {column, row});
}

/// What the sums are that column x of row y of the rows' phase z is stored from.
struct SumOfPhase {
  Expr x, n;
};

SumOfPhase sum_of_phase(const Problem &problem, const OutputVars &v, const Expr &x) {
  const auto [rows, columns] = dilation_phases(problem);
  if (columns == 1)
    return {x, v.n * rows + v.z};
  const int dilation = problem.width().dilation;
  if (problem.width().output <= dilation) // a column each; Halide would take the remainder for any of them
    return {0, (v.n * rows + v.z) * columns + x};
  return {x / dilation, (v.n * rows + v.z) * columns + x % dilation};
}

/// The row whose output is defined next: y, or where not all phases of rows have as many, a row of an update
/// that leaves out those which are not there.
Expr stored_row(RearrangedOutput &made, const Problem &problem, const Plan &plan) {
  const auto &[k, b, g, x, y, z, n] = made.v;
  const Axis &height = problem.height();
  made.guarded = plan.phases_per_task > 0 && height.output % dilation_phases(problem).rows != 0;
  if (!made.guarded)
    return y;
  made.output(k, b, g, x, y, z, n) = Halide::undef(halide_type(problem.types.destination));
  Halide::RDom one(0, 1, "row");
  one.where(y * height.dilation + z < height.output);
  return y + one;
}

/// The input's element under a pixel, as it lies.
Expr element_of_pixel(const Problem &problem, const Halide::ImageParam &input, const RearrangedInput &at) {
  const Expr channel = at.used ? (*at.used)(at.c) : Expr(at.c);
  const Expr row = padded_from(problem.height(), problem.pads_with(), at.y);
  return accumulated(problem.types,
                     problem.layout == Layout::nhwc
                         ? input(at.x * steps_of(problem.input_strides()).x + channel, 0, row, at.n)
                         : input(at.x, channel, row, at.n));
}

} // namespace

bool tells_blocks(const Func &sums) {
  constexpr int blocked_dimensions = 7; // of Convolution::output
  return sums.dimensions() == blocked_dimensions;
}

Region stored_part(const Plan &plan, const Region &region, const Func &sums) {
  Region stored = region;
  if (!tells_blocks(sums))
    stored.block = region.channels;
  const int others = first_unstored(plan, region) - region.first_channel;
  stored.first_channel += others;
  stored.channels -= others;
  stored.block = std::min(stored.block, stored.channels);
  return stored;
}

RearrangedOutput output_of_sums(const Region &region, const Region &stored, const Func &sums) {
  RearrangedOutput output;
  output.computed = tells_blocks(sums) ? std::min(region.block, region.channels) : region.channels;
  output.first_channel = stored.first_channel;
  output.channels = stored.block;
  output.sums = sums;
  return output;
}

Expr sum_at(const RearrangedOutput &output, const Region &region, const Region &stored, const SumPlace &at) {
  const OutputVars &v = output.v;
  const int others = stored.first_channel - region.first_channel;
  return tells_blocks(output.sums) ? output.sums(v.k + others, v.b, v.g, at.x, at.y, at.z, at.n)
                                   : output.sums(v.b * stored.block + v.k, v.g, at.x, at.y, at.n);
}

RearrangedInput make_rearranged_input(const Problem &problem, const Plan &plan,
                                      const Halide::ImageParam &input, int lanes, const std::string &suffix) {
  RearrangedInput made;
  const Halide::Var &c = made.c, &x = made.x, &y = made.y, &n = made.n;
  made.pixels = Func("pixels_" + suffix);
  if (copies_rows_of_elements(problem, plan, lanes)) {
    define_rows_of_patch(made, problem, plan.pooled, input, lanes, suffix);
    return made;
  }
  if (plan.leaves_out_channels())
    made.used = ChannelTable("input_" + suffix, used_channels(problem, plan).input);
  const bool planes = plan.planes == Planes::gathered;
  made.plane_channels = planes ? problem.group_in() : 0;
  // Tasks at the end of the image compute rows below it, which nobody stores. What pads with elements has its
  // rows of padding here: they may be of another task's.
  const Expr element = plan.pools()               ? element_of_patch(problem, plan.pooled, input, made)
                       : plan.phases_per_task > 0 ? element_of_phase(problem, input, made)
                       : planes                   ? element_of_plane(problem, input, made)
                                                  : element_of_pixel(problem, input, made);
  if (!plan.transposed) {
    made.pixels(c, x, y, n) = element;
    return made;
  }
  made.square = Func("input_square_" + suffix);
  made.square(c, x, y, n) = element;
  made.pixels(c, x, y, n) = made.square(c, x, y, n);
  return made;
}

RearrangedOutput make_rearranged_output(const Problem &problem, const Plan &plan, const Region &region,
                                        const Func &sums, const std::string &suffix) {
  if (plan.leaves_out_channels())
    return make_spread_output(problem, plan, region, sums, suffix);
  const Region stored = stored_part(plan, region, sums);
  RearrangedOutput made = output_of_sums(region, stored, sums);
  const auto &[k, b, g, x, y, z, n] = made.v;
  made.output = Func("rearranged_" + suffix);
  const bool phases = plan.phases_per_task > 0;
  const Problem stored_as = phases ? outputs_by_phase(problem) : problem;
  made.operands = region_operands(stored_as, plan, stored, suffix);
  const auto sum = [&](const Expr &column, const Expr &row) -> Expr {
    if (plan.planes == Planes::gathered)
      return sum_at(made, region, stored, {column, row, 0, made.v.n * problem.depth().output + made.v.z});
    const SumOfPhase at = phases ? sum_of_phase(problem, made.v, column) : SumOfPhase{column, made.v.n};
    const Expr plane = phases ? Expr(0) : Expr(made.v.z);
    return sum_at(made, region, stored, {at.x, row, plane, at.n});
  };
  if (plan.transposed) {
    // A last square that ends earlier is loaded as a whole.
    const Expr column =
        takes_tensor_like_output(problem.epilogue) || phases ? min(x, problem.width().output - 1) : x;
    made.square = Func("output_square_" + suffix);
    made.square(k, b, g, x, y, z, n) = sum(column, y);
  }
  const Expr row = stored_row(made, problem, plan);
  const std::vector<Expr> at = {k, b, g, x, row, z, n};
  const Expr value = plan.transposed ? made.square(at) : sum(x, row);
  made.output(k, b, g, x, y, z, n) = apply_epilogue(problem, value, made.operands, {k, b, g}, at);
  fix_like_output(made.output.output_buffer(), stored_as.output_strides(), stored_as, plan, stored);
  return made;
}

} // namespace convforge
