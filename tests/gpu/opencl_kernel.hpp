// Runs the GPU schedules through OpenCL: Halide's JIT on whatever device the OpenCL loader finds (in the
// tests: PoCL's CPU device). The pipeline is the one that CUDA targets compile, plan and lowering passes
// included.
#pragma once

#include "plan/gpu_plan.hpp"
#include "problem/problem.hpp"
#include "verify/fill.hpp"

#include <vector>

namespace convforge {

/// Is there an OpenCL device?
bool have_opencl();
/// Compiles and runs `problem` by `plan`. Throws Error.
std::vector<float> run_opencl(const Problem &problem, const GpuPlan &plan, const Tensors &tensors);

} // namespace convforge
