#include "schedules/gpu/schedule.hpp"

namespace convforge {

void schedule_gpu(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan) {
  if (plan.channelwise())
    schedule_gpu_depthwise(conv, shape, plan);
  else
    schedule_gpu_matrix_product(conv, shape, plan);
}

} // namespace convforge
