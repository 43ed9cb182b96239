// From a GPU plan to device code.
#pragma once

#include "artefact/gpu/artefact.hpp"

#include <string>

namespace convforge {

/// Compiles `problem` by `plan` to PTX. Thread-safe. Throws Error. `stmt` may be null: Halide's lowered code.
GpuArtefact compile_gpu(const Problem &problem, const GpuPlan &plan, const Target &target,
                        const std::string &name, std::string *stmt = nullptr);

} // namespace convforge
