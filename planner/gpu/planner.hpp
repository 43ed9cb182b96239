// The GPU planner: problem and target in, plan out.
#pragma once

#include "plan/gpu_plan.hpp"
#include "target/target.hpp"

#include <string>

namespace convforge {

/// Chooses algorithm and tiles. `algorithm` is "auto", "direct", "pointwise" or "depthwise"; Error if it
/// cannot compute the problem on a GPU.
GpuPlan make_gpu_plan(const Problem &problem, const Target &target, const std::string &algorithm = "auto");

} // namespace convforge
