// What a Winograd plan says of the image's rows and the outputs, beside its tiles.
#pragma once

#include "plan/plan.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Loops over the outputs of a tile with so many columns of points.
int winograd_output_passes(const Target &target, const WinogradPart &tiles, int columns);

/// Is there a next task whose rows a schedule of the target can fetch? Not where several pixels share a line:
/// prefetches for each pixel of 3 channels cost 15 % of a first layer's time.
bool winograd_can_prefetch(const Problem &problem, const Plan &plan, const Target &target);
/// And is it worth it? Not where L2 holds the image anyway.
bool winograd_prefetches(const Problem &problem, const Plan &plan, const Platform &platform);

} // namespace convforge
