// How much workspace a compiled kernel takes: the most that is allocated at once, counted over the lowered
// code.
#pragma once

#include <Halide.h>

#include <cstddef>

namespace convforge {

struct WorkspaceSize {
  std::size_t shared = 0;     ///< taken by the kernel function itself
  std::size_t per_thread = 0; ///< taken by the largest of its tasks
};

/// Throws Error if an allocation's size is not a constant.
WorkspaceSize workspace_size(const Halide::Module &module);

} // namespace convforge
