#include "plan/dot_runs.hpp"

#include "base/integer.hpp"

#include <algorithm>

namespace convforge {

namespace {

/// Do the pixels under a row of the kernel follow one another where the loops read them, and are all read?
bool columns_follow(const Problem &problem, const Plan &plan) {
  return !plan.window().skip_columns && problem.groups == 1 && problem.width().dilation == 1 &&
         (plan.copies_rows() || problem.input_strides().w == problem.in_channels);
}

} // namespace

DotRuns dot_runs(const Problem &problem, const Plan &plan) {
  const int kernel = problem.width().kernel, channels = plan.channelwise() ? 1 : problem.group_in();
  const int elements = operands_of(plan.dot).elements;
  DotRuns runs;
  runs.columns = plan.channelwise() || columns_follow(problem, plan) ? kernel : 1;
  runs.elements = runs.columns * channels;
  runs.dots = ceil_div(runs.elements, elements);
  runs.runs = kernel / runs.columns;
  return runs;
}

bool dots_fit_pixels(const Problem &problem, Dot dot) {
  const DotOperands operands = operands_of(dot);
  return problem.layout == Layout::nhwc && problem.types.source == operands.input &&
         problem.group_in() % operands.elements == 0;
}

bool dots_need_copy(const Problem &problem, Dot dot) {
  const auto padded = [](const Axis &axis) { return axis.pad_begin > 0 || axis.pad_end > 0; };
  return !dots_fit_pixels(problem, dot) || std::ranges::any_of(problem.axes, padded);
}

int columns_side_by_side(const Problem &problem, const Plan &plan) {
  const Axis &w = problem.width();
  return (w.output - 1) * w.stride +
         (dot_runs(problem, plan).dots - 1) * operands_of(plan.dot).elements * w.dilation + 1;
}

int pixel_pitch(const Problem &problem, const Plan &plan) {
  return round_up(problem.in_channels, operands_of(plan.dot).elements);
}

} // namespace convforge
