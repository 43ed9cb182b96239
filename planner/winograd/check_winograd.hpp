// Whether a Winograd plan can be computed.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <string>

namespace convforge {

/// Of plans with tiles along both axes: check_plan().
void check_winograd_plan(const Plan &plan, const Problem &problem, const Target &target);

// What both forms share. Throw Error, like all checks.

/// The tiles, the channels transformed side by side and the one region. `obstacle`: what the form would need
/// that the problem lacks, or empty. Sizes are at least 1 afterwards.
void check_winograd_tiles(const Plan &plan, const Problem &problem, const Target &target,
                          const std::string &obstacle, int most_input_lanes);
/// `most` tiles or pixels beside one another, in registers.
void check_winograd_register_tile(const Region &region, int most);

} // namespace convforge
