#include "plan/joined_phases.hpp"

#include "problem/axis_pieces.hpp"

#include <algorithm>

namespace convforge {

namespace {

std::vector<AxisPiece> phases_of(const Axis &axis) {
  return axis_pieces(axis, true);
}

/// Do they differ in their taps' places and their outputs' alone, each a tap from the one before it?
bool are_alike(const Axis &axis) {
  const std::vector<AxisPiece> phases = phases_of(axis);
  const AxisPiece &first = phases.front();
  if (static_cast<int>(phases.size()) != axis.stride)
    return false;
  const int apart = phases.size() > 1 ? phases[1].taps.first - first.taps.first : 0;
  for (int i = 0; i < axis.stride; i++) {
    const AxisPiece &phase = phases[i];
    if (!phase.has_taps || phase.axis != first.axis || phase.input != 0 || phase.output.first != i ||
        phase.output.step != axis.stride || phase.taps.step != first.taps.step ||
        phase.taps.first != first.taps.first + i * apart)
      return false;
  }
  return true;
}

int taps_apart(const Axis &axis) {
  const std::vector<AxisPiece> phases = phases_of(axis);
  return phases.size() > 1 ? phases[1].taps.first - phases.front().taps.first : 0;
}

} // namespace

JoinedPhases joined_phases(const Problem &problem) {
  return {problem.height().stride, problem.width().stride, taps_apart(problem.height()),
          taps_apart(problem.width())};
}

bool can_join_phases(const Problem &problem) {
  const auto large = [](const Axis &axis) { return axis.stride > 1; };
  return problem.transposed && !problem.has_depth() && !problem.pools() && !problem.depthwise() &&
         !problem.types.quantised() && problem.zeros.none() && std::ranges::any_of(problem.axes, large) &&
         std::ranges::all_of(problem.axes, are_alike);
}

Problem joined_problem(const Problem &problem) {
  Problem joined = problem;
  joined.transposed = false;
  joined.out_channels *= joined_phases(problem).count();
  for (Axis &axis : joined.axes)
    axis = phases_of(axis).front().axis;
  joined.strides.output = joined.strides.residual = {};
  return joined;
}

} // namespace convforge
