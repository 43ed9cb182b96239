// Loads the object of an artefact through LLVM ORC and gives it the same kernel descriptor that generated C
// code has.
#pragma once

#include "artefact/artefact.hpp"
#include "convforge/convforge.h"

#include <memory>

namespace convforge {

/// An owner of loaded code and its descriptor. Kernels may be called from any thread while it lives.
class LoadedKernel {
public:
  /// Throws ExecutableMemoryRefused, or Error when LLVM fails. With `perf_map`, perf learns its names.
  static std::unique_ptr<LoadedKernel> load(const Artefact &artefact, bool perf_map = false);
  virtual ~LoadedKernel() = default;
  virtual const convforge_kernel *kernel() const = 0;
};

} // namespace convforge
