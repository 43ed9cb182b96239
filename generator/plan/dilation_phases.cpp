#include "plan/dilation_phases.hpp"

#include "base/integer.hpp"

#include <algorithm>
#include <limits>

namespace convforge {

bool is_dilated(const Axis &axis) {
  return axis.kernel > 1 && axis.dilation > 1;
}

namespace {

int phases(const Axis &axis) {
  return is_dilated(axis) ? std::min(axis.dilation, axis.output) : 1;
}

Axis dense(const Axis &axis) {
  if (!is_dilated(axis))
    return axis;
  Axis one;
  one.output = ceil_div(axis.output, axis.dilation);
  one.kernel = axis.kernel;
  one.input = one.output + one.kernel - 1;
  return one;
}

Strides by_phase(Strides strides, int rows, int dilation) {
  strides.d = strides.h;
  if (rows > 1)
    strides.h *= dilation;
  return strides;
}

} // namespace

DilationPhases dilation_phases(const Problem &problem) {
  return {phases(problem.height()), phases(problem.width())};
}

bool has_dilation_phases(const Problem &problem) {
  const auto no_stride = [](const Axis &axis) { return !is_dilated(axis) || axis.stride == 1; };
  const auto [rows, columns] = dilation_phases(problem);
  return (is_dilated(problem.height()) || is_dilated(problem.width())) &&
         std::ranges::all_of(problem.axes, no_stride) && !problem.has_depth() && !problem.depthwise() &&
         long{problem.batch} * rows * columns <= std::numeric_limits<int>::max();
}

Problem dense_phases(const Problem &problem) {
  const auto [rows, columns] = dilation_phases(problem);
  Problem all = problem;
  all.batch = problem.batch * rows * columns;
  all.height() = dense(problem.height());
  all.width() = dense(problem.width());
  all.strides = {};
  return all;
}

Problem outputs_by_phase(const Problem &problem) {
  const int rows = dilation_phases(problem).rows, dilation = problem.height().dilation;
  Problem view = problem;
  view.strides.output = by_phase(problem.output_strides(), rows, dilation);
  view.strides.residual = by_phase(problem.residual_strides(), rows, dilation);
  view.depth().output = rows;
  if (rows > 1)
    view.height().output = ceil_div(problem.height().output, dilation);
  return view;
}

} // namespace convforge
