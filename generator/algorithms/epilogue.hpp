// The epilogue as Halide algebra, with the tensors that it takes.
#pragma once

#include "algorithms/halide_type.hpp"
#include "problem/operand.hpp"
#include "problem/problem.hpp"

#include <Halide.h>

#include <string>
#include <vector>

namespace convforge {

/// The epilogue's operands in its order, each under its own name and `suffix`. Where pipelines differ is how
/// many dimensions they see: `fix_by_channel` and `fix_like_output` set bounds and strides of a parameter of
/// either kind.
template <typename FixByChannel, typename FixLikeOutput>
std::vector<Halide::ImageParam>
epilogue_parameters(const Problem &problem, int channel_dims, int output_dims, const std::string &suffix,
                    const FixByChannel &fix_by_channel, const FixLikeOutput &fix_like_output) {
  std::vector<Halide::ImageParam> parameters;
  for (const Operand &operand : epilogue_operands(problem)) {
    const int dims = operand.by_channel() ? channel_dims : output_dims;
    const Halide::ImageParam parameter(halide_type(operand.type), dims, operand.name + suffix);
    if (operand.by_channel())
      fix_by_channel(parameter);
    else
      fix_like_output(parameter);
    parameters.push_back(parameter);
  }
  return parameters;
}

/// The sum with the epilogue applied, before it is stored: as below.
Halide::Expr epilogue_of(const Problem &problem, Halide::Expr sum,
                         const std::vector<Halide::ImageParam> &operands,
                         const std::vector<Halide::Expr> &channel, const std::vector<Halide::Expr> &output);

/// What the output stores: the sum with the epilogue applied, in the order written. `operands` are its
/// parameters, read at the coordinates of the output channel or of the output.
Halide::Expr apply_epilogue(const Problem &problem, Halide::Expr sum,
                            const std::vector<Halide::ImageParam> &operands,
                            const std::vector<Halide::Expr> &channel,
                            const std::vector<Halide::Expr> &output);

} // namespace convforge
