// A Winograd transform along one axis of a problem.
#pragma once

#include "convforge/winograd.h"
#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// What the matrices for tiles of `outputs` count, without making them: planning asks for it often.
struct WinogradPoints {
  int points = 1;        ///< of an input's tile
  int filter_points = 1; ///< of a filter, those that differ
};
WinogradPoints winograd_points(const Axis &axis, int outputs);

/// The matrices for tiles of `outputs`. Throws Error where there are no points for them.
convforge_winograd winograd_axis(const Axis &axis, int outputs);

/// Elements of a row that Winograd down the columns alone transforms: all that whole register tiles of pixels
/// read (algorithms/winograd/winograd_down.hpp).
int winograd_down_elements(const Problem &problem, const Plan &plan);

} // namespace convforge
