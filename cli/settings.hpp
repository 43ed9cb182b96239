// What the program reads of the environment beside what a Jit does (environment.hpp of jit/): flags win over
// it.
#pragma once

#include "compiler/gpu/assemble.hpp"
#include "environment.hpp"
#include "verbose.hpp"

namespace convforge::cli {

/// Of CONVFORGE_VERBOSE.
Verbose verbose();
/// CONVFORGE_PTXAS and CONVFORGE_NVDISASM name other programs ("" for none).
GpuTools gpu_tools();

} // namespace convforge::cli
