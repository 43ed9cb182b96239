// Schedules: how the algebra of a region is ordered on a family of targets. They obey the plan and decide nothing.
#pragma once

#include "algorithms/convolution.hpp"
#include "plan/plan.hpp"

namespace convforge {

void schedule_x86(Convolution &conv, const Plan &plan, const Region &region);

} // namespace convforge
