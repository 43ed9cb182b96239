// What plans that rearrange their tensors (plan/channels_last.hpp) keep in the workspace, and what is checked
// of them.
#pragma once

#include "plan/channels_last.hpp"
#include "planner/family.hpp"

namespace convforge {

/// Of L2, for what a task rearranges and its sums; the rest is for weights.
inline constexpr double share_of_l2 = 0.75;

// Of these `shape` is rearranged_shape().

/// What tasks of some rows of all images read and store of the rearranged tensors, in bytes: rows that tasks
/// share for each of them.
double rearranged_bytes(const Problem &shape, const Plan &plan);
/// Cycles in which so many bytes are copied, at `share` of the pace of plain copies; where L2 does not hold
/// what a task keeps, they are written to and read from beyond it.
double copied_cycles(const Platform &platform, double bytes, double kept, double share);

/// Bytes of the workspace that a row of outputs needs, of one region's input and of its sums.
double row_bytes(const Problem &shape);
/// What a region keeps of a task's input and sums.
Scratch pixels_kept(const Problem &shape, const Plan &plan, const Region &region);
Scratch sums_kept(const Problem &shape, const Plan &plan, const Region &region);
/// Do columns that two tasks store add a residual twice? The last task begins earlier where tasks do not
/// divide a row. Nor may a row have several tasks whose columns are no multiple of the squares' side: the
/// predicated tail that then stands in for squares that begin earlier left outputs unwritten (26 columns of
/// 130, AVX-512).
bool stores_meet(const Plan &plan, const Problem &shape);
/// Vectors along channels are what it is for; parts of a row of Winograd's tiles have no transposition.
bool can_rearrange(const Plan &plan, const Problem &shape);
/// Kernels address 2^31 bytes of a tensor.
bool addressable(const Plan &plan, const Problem &shape);

/// The predicted time of any plan, whatever platform it was proposed for: Family::cost, and what it
/// rearranges.
Cost cost_of(const Plan &plan, const Problem &problem, const Platform &platform);

/// What its loops keep in the workspace: Family::scratch of any plan.
std::vector<Scratch> scratch_of(const Plan &plan, const Problem &problem, bool shared);

/// The largest of these: with what the algorithm's own loops keep. 7 rows of Winograd's tiles (56x56, 64 to
/// 32 of 64 channels), 2 MB in all, took 431 us, 1 or 2 of them 342 (Emerald Rapids).
double workspace_of_task(const Plan &plan, const Problem &problem);

/// Throws Error unless what the plan rearranges can be scheduled, and its family takes what lies in between.
void check_rearranged(const Plan &plan, const Problem &problem, const Target &target);

} // namespace convforge
