#include "algorithms/winograd/winograd_parts.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/tensor_dims.hpp"

namespace convforge {

using Halide::Expr;
using Halide::ImageParam;

Expr row(const Expr &which, const Matrix &matrix, const std::vector<Expr> &values) {
  const std::vector<Expr> results = multiply(matrix, values);
  return results.size() == 1 ? results.front() : mux(which, results);
}

Expr filter_point(const WinogradPoints &count, const Expr &point) {
  return count.filter_points == count.points ? point : min(point, count.filter_points - 1);
}

void fix_like_output(Halide::OutputImageParam parameter, const Problem &problem) {
  const OutputStrides stride = output_strides(problem);
  fix(parameter, {{problem.group_out(), stride.k},
                  {problem.groups, problem.group_out() * stride.k},
                  {problem.width().output, stride.x},
                  {problem.height().output, stride.y},
                  {problem.batch, stride.n}});
}

void make_epilogue_parameters(const Problem &problem, ImageParam &bias, ImageParam &residual) {
  if (problem.epilogue.has_bias()) {
    bias = ImageParam(halide_type(problem.types.accumulator()), 2, "bias");
    fix(bias, {{problem.group_out(), 1}, {problem.groups, problem.group_out()}});
  }
  if (problem.epilogue.has_residual()) {
    residual = ImageParam(halide_type(problem.types.destination), 5, "residual");
    fix_like_output(residual, problem);
  }
}

} // namespace convforge
