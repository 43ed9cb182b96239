// What checks of several families' plans share. Each throws Error naming the field, its value and what was
// expected.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <string>

namespace convforge {

constexpr int most_accumulators = 64; // twice what any target has registers: more is no plan but an attack

void expect(bool right, const std::string &field, const std::string &value, const std::string &expected);
void expect_range(const std::string &field, int value, int low, int high);

/// The plan's regions and register tiles. `shape` is the problem the loops run over. Regions follow one
/// another and cover all channels; where each is `stored_whole` they may overlap, and none is less than a
/// block.
void check_regions(const Plan &plan, const Problem &shape, const Target &target, bool stored_whole);
/// Is the input copied where it must be? `always`: whatever its padding is.
void check_copy(const Plan &plan, const Problem &shape, bool always);
/// Rows and columns of tasks.
void check_task_sizes(const Plan &plan, const Problem &shape);
/// Where no taps are left out of the sum.
void check_no_taps_skipped(const Plan &plan);
/// The hot loop's input channels. `lanes` of them can be brought by one load.
void check_channels_of_loop(const Plan &plan, int channels, int lanes);

} // namespace convforge
