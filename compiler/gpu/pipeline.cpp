#include "compiler/gpu/pipeline.hpp"

#include "compiler/gpu/lowering_passes.hpp"
#include "plan/pointwise.hpp"
#include "schedules/gpu/schedule.hpp"

namespace convforge {

GpuPipeline make_gpu_pipeline(const Problem &problem, const GpuPlan &plan) {
  const Problem shape = shape_of(problem, plan.algorithm);
  GpuPipeline result{make_gpu_convolution(shape, plan), {}, {}};
  GpuConvolution &conv = result.conv;
  schedule_gpu(conv, shape, plan);
  result.pipeline = Halide::Pipeline(conv.output);
  if (!plan.channelwise()) { // the pipeline owns its passes
    result.pipeline.add_custom_lowering_pass(make_registers_private(conv.sum.name()).release());
    result.pipeline.add_custom_lowering_pass(make_fewer_barriers().release());
  }
  result.arguments = {conv.input, conv.packed};
  result.arguments.insert(result.arguments.end(), conv.operands.begin(), conv.operands.end());
  return result;
}

} // namespace convforge
