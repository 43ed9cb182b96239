// A kernel by itself, on random tensors: where operations are missing, so that there is no network to run.
#pragma once

#include "network/execution/execution.hpp"

namespace convforge::network {

/// One call of each of the program's convolutions, in their order, with the tensors that its kernel reads and
/// writes. Equal kernels share theirs; `kernels` outlives it.
class KernelsAlone {
public:
  /// Throws std::bad_alloc, RuntimeError.
  KernelsAlone(const Program &program, std::span<const std::unique_ptr<LoadedKernel>> kernels, int threads);
  ~KernelsAlone();
  KernelsAlone(const KernelsAlone &) = delete;
  KernelsAlone &operator=(const KernelsAlone &) = delete;

  /// By convolution.
  const std::vector<Call> &steps() const { return steps_; }

private:
  class Ready;
  std::optional<ThreadPool> pool_;
  std::vector<std::unique_ptr<Ready>> ready_; ///< by kernel
  std::vector<Call> steps_;
};

} // namespace convforge::network
