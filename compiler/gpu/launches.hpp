// Reads a compiled module's host code: which device functions it launches, with what. Halide's host code
// itself is not used.
#pragma once

#include "artefact/gpu/artefact.hpp"

#include <Halide.h>

namespace convforge {

/// `tensors`: the names of the pipeline's arguments in the order of the views. Throws Error when a launch is
/// not made of constants and tensors.
std::vector<GpuLaunch> read_launches(const Halide::Module &module, const std::vector<std::string> &tensors);

} // namespace convforge
