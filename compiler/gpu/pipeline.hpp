// The scheduled pipeline of a problem, for whoever compiles it: PTX for CUDA, or Halide's JIT for OpenCL.
#pragma once

#include "algorithms/gpu/convolution.hpp"

namespace convforge {

struct GpuPipeline {
  GpuConvolution conv;
  Halide::Pipeline pipeline;
  std::vector<Halide::Argument> arguments; ///< input, packed, then bias and residual if the epilogue has them
};

GpuPipeline make_gpu_pipeline(const Problem &problem, const GpuPlan &plan);

} // namespace convforge
