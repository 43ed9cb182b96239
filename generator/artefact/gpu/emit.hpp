// Emit for CUDA: the header and the C source that apps compile. Device code, launches and descriptors are
// constants of the source; there is no other file to link but convforge::cuda.
#pragma once

#include "artefact/gpu/artefact.hpp"

#include <span>
#include <string>

namespace convforge {

/// `conv1.h`: typed functions, documented; C11 and C++17. `variants` are one kernel, best first.
std::string emit_cuda_header(std::span<const GpuArtefact> variants);
/// `conv1.c`
std::string emit_cuda_source(std::span<const GpuArtefact> variants);

} // namespace convforge
