// Depthwise of 8-bit integers: the taps of a row of the kernel, side by side for dot products
// (plan/dot_runs.hpp).
#pragma once

#include "schedules/schedule.hpp"

namespace convforge {

/// Rows and planes of the input that a task reads.
struct TaskRows {
  int rows, planes;
};

void schedule_side_by_side(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region,
                           const TaskRows &rows);

} // namespace convforge
