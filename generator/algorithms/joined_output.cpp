#include "algorithms/joined_output.hpp"

#include "algorithms/tensor_dims.hpp"
#include "plan/joined_phases.hpp"

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Func;

void fix_phases(const Halide::OutputImageParam &parameter, const Strides &strides, const Problem &problem) {
  const JoinedPhases phases = joined_phases(problem);
  const TensorSteps stride = steps_of(strides);
  fix(parameter, {{problem.group_out(), stride.k},
                  {phases.columns, stride.x},
                  {problem.groups, problem.group_out() * stride.k},
                  {problem.width().output / phases.columns, phases.columns * stride.x},
                  {problem.height().output / phases.rows, phases.rows * stride.y},
                  {phases.rows, stride.y},
                  {problem.batch, stride.n}});
}

/// Every phase has the same values by channel.
std::vector<Halide::ImageParam> operands_of_phases(const Problem &problem, const std::string &suffix) {
  return epilogue_parameters(
      problem, 3, 7, "_" + suffix,
      [&](const Halide::ImageParam &parameter) {
        fix(parameter, {{problem.group_out(), 1},
                        {joined_phases(problem).columns, 0},
                        {problem.groups, problem.group_out()}});
      },
      [&](const Halide::ImageParam &parameter) {
        fix_phases(parameter, problem.residual_strides(), problem);
      });
}

/// The sum of a channel of a phase.
Expr sum_of_phase(const RearrangedOutput &made, const Problem &problem, const Region &region) {
  const auto &[k, b, g, x, y, z, n] = made.v;
  const Expr channel = (z * joined_phases(problem).columns + b) * problem.group_out() + k;
  if (!tells_blocks(made.sums))
    return made.sums(channel, g, x, y, n);
  const bool one = region.blocks() == 1;
  return made.sums(one ? channel : channel % region.block, one ? Expr(0) : channel / region.block, g, x, y, 0,
                   n);
}

} // namespace

RearrangedOutput make_joined_output(const Problem &problem, const Plan &plan, const Region &region,
                                    const Func &sums, const std::string &suffix) {
  RearrangedOutput made = output_of_sums(region, region, sums);
  made.channels = problem.group_out();
  const auto &[k, b, g, x, y, z, n] = made.v;
  made.output = Func("rearranged_" + suffix);
  made.operands = operands_of_phases(problem, suffix);
  const std::vector<Expr> at = {k, b, g, x, y, z, n};
  Expr value = sum_of_phase(made, problem, region);
  if (plan.transposed) {
    made.square = Func("output_square_" + suffix);
    made.square(k, b, g, x, y, z, n) = value;
    value = made.square(at);
  }
  made.output(k, b, g, x, y, z, n) = apply_epilogue(problem, value, made.operands, {k, b, g}, at);
  fix_phases(made.output.output_buffer(), problem.output_strides(), problem);
  return made;
}

} // namespace convforge
