// Runs the GPU schedules through OpenCL: Halide's JIT on whatever device the OpenCL loader finds (in the
// tests: PoCL's CPU device). The pipeline is the one that CUDA targets compile, plan and lowering passes
// included.
#pragma once

#include "plan/gpu_plan.hpp"
#include "problem/problem.hpp"
#include "verify/fill.hpp"

#include <functional>
#include <vector>

namespace convforge {

/// Is there an OpenCL device?
bool have_opencl();
/// From tensors to the output. Compiles when it first runs, once for all runs. Throws Error.
using OpenClKernel = std::function<std::vector<float>(const Tensors &)>;
/// Of `problem` by `plan`. Throws Error.
OpenClKernel make_opencl_kernel(const Problem &problem, const GpuPlan &plan);

} // namespace convforge
