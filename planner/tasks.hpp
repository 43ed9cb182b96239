// How the work of a plan is split into tasks, and its innermost loop written out.
#pragma once

#include "plan/plan.hpp"
#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

constexpr long parallel_multiply_adds = 200'000; // some 3 us on one core: less is not worth a hand-over
constexpr int tasks_wanted = 16;                 // enough to even out 8 threads

/// Is the input read with zeros around it?
bool needs_padding(const Axis &axis);
bool needs_padding(const Problem &problem);

/// Is the whole of it less work than handing a part to another thread?
bool too_small_to_share(const Problem &problem);

/// Splits the output into tasks: rows (columns where there is one row) of pixels whose input stays in half of
/// L2, or, for small images under many weights, blocks of output channels, so that no weight is read twice.
/// Needs regions and padded_copy. `problem` is the one the loops run over.
void choose_tasks(Plan &plan, const Problem &problem, const Platform &platform);

/// Direct and pointwise: must all tiles of a row be written out? Where taps in the padding are skipped,
/// Halide sets tiles at the edges apart from those in between. It does not when there are none in between:
/// then each is written out. Needs the plan's tasks.
bool must_unroll_tiles(const Plan &plan, const Region &region, const Problem &problem);

/// How scalars reach the multiply-adds: one by one, or several with a load. Needs vector_axis and
/// algorithm.
void choose_broadcast(Plan &plan, const Problem &problem, const Target &target);

/// Enough multiply-adds in an iteration of the innermost loop that its two instructions of control do not
/// show.
void choose_unrolling(Plan &plan, const Problem &problem, const Target &target);

} // namespace convforge
