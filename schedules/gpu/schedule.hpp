// GPU schedules: how the algebra of a problem is ordered on blocks and threads. They obey the plan and decide
// nothing; the same schedule serves CUDA and OpenCL.
#pragma once

#include "algorithms/gpu/convolution.hpp"
#include "plan/gpu_plan.hpp"

namespace convforge {

void schedule_gpu(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan);

// Its two families.
void schedule_gpu_matrix_product(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan);
void schedule_gpu_depthwise(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan);

} // namespace convforge
