// The kernel of a plan: from the disk cache, or compiled.
#pragma once

#include "artefact/artefact.hpp"
#include "compiler.hpp"
#include "convforge/jit.hpp"
#include "disk_cache.hpp"
#include "verbose.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace convforge {

struct MadeKernel {
  std::string key; ///< in the disk cache
  std::shared_ptr<const Artefact> artefact;
  std::shared_ptr<const convforge_kernel> kernel; ///< loaded
  JitKernel::Origin origin = JitKernel::Origin::compiled;
  bool stored = false; ///< under its key
};

/// Thread-safe.
class KernelMaker {
public:
  KernelMaker(const Target &target, std::shared_ptr<const Compiler> compiler, std::optional<DiskCache> &disk,
              bool perf_map, Verbose verbose)
      : target_(target), compiler_(std::move(compiler)), disk_(disk), perf_map_(perf_map), verbose_(verbose) {
  }

  /// From disk, else compiled, in at most that time if the compiler can be stopped. Nothing is stored. Throws
  /// std::bad_alloc alone.
  Result<MadeKernel> make(const Problem &problem, const Plan &plan,
                          std::chrono::milliseconds time_limit = std::chrono::milliseconds::max()) const;
  /// The same code with another `why` in its plan and descriptor. Throws Error when it cannot be loaded.
  MadeKernel with_reason(const MadeKernel &made, const std::string &why) const;
  /// Stores it, unless it is.
  void store(const MadeKernel &made) const;

private:
  std::optional<MadeKernel> from_disk(const Problem &problem, const Plan &plan, std::string key) const;
  MadeKernel loaded(std::string key, Artefact artefact, JitKernel::Origin origin) const;

  const Target &target_;
  const std::shared_ptr<const Compiler> compiler_;
  std::optional<DiskCache> &disk_;
  const bool perf_map_;
  const Verbose verbose_;
};

} // namespace convforge
