#include "algorithms/winograd/winograd_parts.hpp"

#include "algorithms/epilogue.hpp"
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

void fix_like_output(Halide::OutputImageParam parameter, const Strides &strides, const Problem &problem) {
  const TensorSteps stride = steps_of(strides);
  fix(parameter, {{problem.group_out(), stride.k},
                  {problem.groups, problem.group_out() * stride.k},
                  {problem.width().output, stride.x},
                  {problem.height().output, stride.y},
                  {problem.batch, stride.n}});
}

std::vector<ImageParam> make_epilogue_parameters(const Problem &problem, const std::string &suffix) {
  return epilogue_parameters(
      problem, 2, 5, suffix,
      [&](const ImageParam &parameter) {
        fix(parameter, {{problem.group_out(), 1}, {problem.groups, problem.group_out()}});
      },
      [&](const ImageParam &parameter) { fix_like_output(parameter, problem.residual_strides(), problem); });
}

} // namespace convforge
