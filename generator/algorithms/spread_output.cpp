// What plans that leave out channels store (plan/used_channels.hpp): the end of rearranged.hpp.
#include "algorithms/rearranged.hpp"
#include "algorithms/tensor_dims.hpp"
#include "plan/used_channels.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Func;

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

} // namespace

RearrangedOutput make_spread_output(const Problem &problem, const Plan &plan, const Region &region,
                                    const Func &sums, const std::string &suffix) {
  const UsedChannels used = used_channels(problem, plan);
  const Region stored = outputs_of_sums(problem, used, plan, region);
  RearrangedOutput made = output_of_sums(region, stored, sums);
  const auto &[k, b, g, x, y, z, n] = made.v;
  Problem all = problem;
  all.groups = 1; // channels of all groups are counted through
  made.used = table_of_sums(problem, used, region, stored, "output_" + suffix);
  made.output = Func("rearranged_" + suffix);
  made.operands = region_operands(all, plan, stored, suffix);
  const auto sum = [&](const Expr &column) {
    return sum_of_output(made, region, used, sums, column, y, tells_blocks(sums));
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

} // namespace convforge
