// Winograd: where it applies, and which sizes of tiles a problem's math allows.
#pragma once

#include "convforge/winograd.h"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <string>
#include <vector>

namespace convforge {

/// What Winograd would need that the problem lacks; empty where it applies.
std::string winograd_obstacle(const Problem &problem);

/// The same for Winograd down the columns alone, tiles of m x 1 (algorithms/winograd/winograd_down.hpp).
std::string winograd_down_obstacle(const Problem &problem, const Target &target);

/// Sizes of tiles along an axis that there are transforms for; 1 alone: the axis is not transformed.
std::vector<int> winograd_tile_outputs(const Axis &axis);

/// Sizes of m x 1 tiles, odd numbers of points among them.
std::vector<int> winograd_down_tile_outputs(const Axis &height);

/// Is there a transform for tiles of this size, with no larger error than the problem's math allows and
/// weights that kernels can address?
bool winograd_allowed(const Problem &problem, int outputs_h, int outputs_w);

/// How much F(outputs, taps) of a stride may magnify an input's rounding error, in the worst case and per
/// tap: 1 for direct. Errors of the two axes multiply. Infinite where there is no such transform.
double winograd_amplification(int outputs, int taps, int stride = 1);
/// The same of matrices at hand and their first `wanted` outputs. A last tile's never exceeds that of the
/// others (convforge_winograd_keep_outputs; tests/planner/winograd_plans_test.cpp), so that it needs no leave
/// of its own.
double winograd_amplification(const convforge_winograd &matrices, int wanted);

} // namespace convforge
