// Where a Jit's kernels come from: this process or another one.
#pragma once

#include "artefact/artefact.hpp"
#include "convforge/jit.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace convforge {

/// One kernel to make.
struct CompileRequest {
  const Problem &problem;
  const Plan &plan;
  const Target &target;
  /// After which whoever asks no longer wants it: another process is stopped then, this one is not.
  std::chrono::milliseconds time_limit = std::chrono::milliseconds::max();
};

/// The name of every kernel of a Jit: that of `convforge compile` without --name, so that the objects are
/// equal.
inline constexpr const char *jit_kernel_name = "conv";

class Compiler {
public:
  virtual ~Compiler() = default;
  /// Throws Error. Thread-safe.
  virtual Artefact compile(const CompileRequest &request) const = 0;
};

/// The compiler linked into this program: Halide in the library convforge_jit; in convforge_jit_external
/// none, which throws Error. Two libraries, one name: the linker chooses.
std::unique_ptr<Compiler> built_in_compiler();
/// Asks the convforge program `program`, stopping it after `timeout`.
std::unique_ptr<Compiler> program_compiler(std::string program, std::chrono::milliseconds timeout);

} // namespace convforge
