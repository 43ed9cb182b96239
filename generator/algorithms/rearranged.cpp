#include "algorithms/rearranged.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/padding.hpp"
#include "algorithms/stored_once.hpp"
#include "algorithms/tensor_dims.hpp"
#include "plan/channels_last.hpp"
#include "plan/dilation_phases.hpp"
#include "plan/used_channels.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Func;

constexpr int blocked_dimensions = 7; // of Convolution::output

/// Where an element along a dilated axis lies: of a phase, counted with the zeros before the input.
struct PhaseElement {
  Expr near;   ///< the coordinate, or one that there is
  Expr inside; ///< undefined: always
};

PhaseElement element_of(const Axis &axis, PaddingMode mode, const Expr &element, const Expr &phase) {
  if (!is_dilated(axis))
    return {padded_from(axis, mode, element), Expr()};
  const Expr coordinate = element * axis.dilation + phase - axis.pad_begin;
  const Expr inside = coordinate >= 0 && coordinate < axis.input;
  return {padded_from(axis, mode, coordinate), mode == PaddingMode::zeros ? inside : Expr()};
}

/// The element of the dense problem's image n, which is a phase.
Expr element_of_phase(const Problem &problem, const Halide::ImageParam &input, const RearrangedInput &at) {
  const auto [rows, columns] = dilation_phases(problem);
  const PhaseElement column = element_of(problem.width(), problem.pads_with(), at.x, at.n % columns);
  const PhaseElement row = element_of(problem.height(), problem.pads_with(), at.y, at.n / columns % rows);
  const Expr image = at.n / (rows * columns);
  const Expr element =
      problem.layout == Layout::nhwc
          ? input(column.near * steps_of(problem.input_strides()).x + at.c, 0, row.near, image)
          : input(column.near, at.c, row.near, image);
  Expr value = accumulated(problem.types, element);
  for (const PhaseElement &axis : {column, row})
    if (axis.inside.defined())
      value = select(axis.inside, value, 0.0f);
  return value;
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

/// The region's channels that it stores: the last ones of depthwise are computed with some that an earlier
/// region stores.
Region stored_part(const Plan &plan, const Region &region, bool blocked) {
  Region stored = region;
  if (!blocked)
    stored.block = region.channels;
  const int others = first_unstored(plan, region) - region.first_channel;
  stored.first_channel += others;
  stored.channels -= others;
  stored.block = std::min(stored.block, stored.channels);
  return stored;
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

/// The outputs between the first channel of a region's sums and the next region's: all that are stored with
/// it, used or not.
Region outputs_of_sums(const Problem &problem, const UsedChannels &used, const Plan &plan,
                       const Region &region) {
  const auto output = [&](int channel) { return used.output[channel]; };
  const int first = region.first_channel == 0 ? 0 : output(region.first_channel);
  const bool last = region == plan.regions.back();
  const int end = last ? problem.out_channels : output(region.first_channel + region.channels);
  Region outputs = region;
  outputs.first_channel = first;
  outputs.channels = outputs.block = end - first;
  return outputs;
}

/// The place of each output's sum among the region's.
ChannelTable table_of_sums(const Problem &problem, const UsedChannels &used, const Region &region,
                           const Region &outputs, const std::string &name) {
  std::vector<int> sums = sums_of_outputs(problem, used);
  sums = {sums.begin() + outputs.first_channel, sums.begin() + outputs.first_channel + outputs.channels};
  for (int &sum : sums)
    sum = std::max(-1, sum - region.first_channel);
  return {name, sums};
}

/// The sum that an output channel of all groups has.
Expr sum_of_output(const RearrangedOutput &made, const Region &region, const UsedChannels &used,
                   const Func &sums, const Expr &x, const Expr &y, bool blocked) {
  const Expr sum = (*made.used)(made.v.k);
  const int of_group = used.groups == 1 ? made.used->last() + 1 : int(used.output.size()) / used.groups;
  const Expr channel = used.groups == 1 ? sum : sum % of_group;
  const Expr group = used.groups == 1 ? Expr(0) : sum / of_group;
  if (!blocked)
    return sums(channel, group, x, y, made.v.n);
  const bool one = region.blocks() == 1;
  return sums(one ? channel : channel % region.block, one ? Expr(0) : channel / region.block, group, x, y,
              made.v.z, made.v.n);
}

/// The same as make_rearranged_output() of plans that leave out channels: outputs without sums are stored
/// with those of the region before them, and what is stored of them is the epilogue of zero.
RearrangedOutput make_spread_output(const Problem &problem, const Plan &plan, const Region &region,
                                    const Func &sums, const std::string &suffix) {
  RearrangedOutput made;
  const auto &[k, b, g, x, y, z, n] = made.v;
  const bool blocked = sums.dimensions() == blocked_dimensions;
  const UsedChannels used = used_channels(problem, plan);
  const Region stored = outputs_of_sums(problem, used, plan, region);
  Problem all = problem;
  all.groups = 1; // channels of all groups are counted through
  made.computed = blocked ? std::min(region.block, region.channels) : region.channels;
  made.first_channel = stored.first_channel;
  made.channels = stored.channels;
  made.used = table_of_sums(problem, used, region, stored, "output_" + suffix);
  made.sums = sums;
  made.output = Func("rearranged_" + suffix);
  made.operands = region_operands(all, plan, stored, suffix);
  const auto sum = [&](const Expr &column) {
    return sum_of_output(made, region, used, sums, column, y, blocked);
  };
  if (plan.transposed) {
    const Expr column =
        takes_tensor_like_output(problem.epilogue) ? min(x, problem.width().output - 1) : Expr(x);
    made.square = Func("output_square_" + suffix);
    made.square(k, b, g, x, y, z, n) = sum(column);
  }
  const std::vector<Expr> at = {k, b, g, x, y, z, n};
  const Expr value = plan.transposed ? made.square(at) : sum(x);
  made.output(k, b, g, x, y, z, n) = apply_epilogue(problem, value, made.operands, {k, b, g}, at);
  fix_like_output(made.output.output_buffer(), all.output_strides(), all, plan, stored);
  return made;
}

} // namespace

RearrangedInput make_rearranged_input(const Problem &problem, const Plan &plan,
                                      const Halide::ImageParam &input, const std::string &suffix) {
  RearrangedInput made;
  const Halide::Var &c = made.c, &x = made.x, &y = made.y, &n = made.n;
  made.pixels = Func("pixels_" + suffix);
  if (plan.leaves_out_channels())
    made.used = ChannelTable("input_" + suffix, used_channels(problem, plan).input);
  // Tasks at the end of the image compute rows below it, which nobody stores. What pads with elements has its
  // rows of padding here: they may be of another task's.
  const Expr element = plan.phases_per_task > 0 ? element_of_phase(problem, input, made)
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
  RearrangedOutput made;
  const auto &[k, b, g, x, y, z, n] = made.v;
  const bool blocked = sums.dimensions() == blocked_dimensions;
  made.computed = blocked ? std::min(region.block, region.channels) : region.channels;
  const Region stored = stored_part(plan, region, blocked);
  const int others = stored.first_channel - region.first_channel;
  made.first_channel = stored.first_channel;
  made.channels = stored.block;
  made.sums = sums;
  made.output = Func("rearranged_" + suffix);
  const bool phases = plan.phases_per_task > 0;
  const Problem stored_as = phases ? outputs_by_phase(problem) : problem;
  made.operands = region_operands(stored_as, plan, stored, suffix);
  const auto sum = [&](const Expr &column, const Expr &row) -> Expr {
    const SumOfPhase at = phases ? sum_of_phase(problem, made.v, column) : SumOfPhase{column, made.v.n};
    const Expr plane = phases ? Expr(0) : Expr(made.v.z);
    return blocked ? sums(made.v.k + others, made.v.b, made.v.g, at.x, row, plane, at.n)
                   : sums(made.v.b * stored.block + made.v.k, made.v.g, at.x, row, at.n);
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
