// Schedules: how the algebra of a region is ordered on a family of targets. They obey the plan and decide
// nothing.
#pragma once

#include "algorithms/convolution.hpp"
#include "algorithms/winograd/winograd.hpp"
#include "algorithms/winograd/winograd_down.hpp"
#include "plan/plan.hpp"

namespace convforge {

/// `problem` is the one the loops run over (fused for pointwise).
void schedule_x86(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);
void schedule_x86_depthwise(Convolution &conv, const Problem &problem, const Plan &plan,
                            const Region &region);
/// Depthwise in NCHW without a copy.
void schedule_x86_masked_rows(Convolution &conv, const Problem &problem, const Plan &plan,
                              const Region &region);
/// Of 8-bit integers, on all of them.
void schedule_dots(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);
void schedule_arm(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region);
void schedule_x86_winograd(Winograd &winograd, const Problem &problem, const Plan &plan);
void schedule_x86_winograd_down(WinogradDown &winograd, const Problem &problem, const Plan &plan);
void schedule_arm_winograd(Winograd &winograd, const Problem &problem, const Plan &plan);

} // namespace convforge
