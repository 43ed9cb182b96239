// Target: an instruction set a kernel is compiled for, as one row of a constant table. A new target is a new
// row and a schedule. Targets are handed out by reference to that table; every function here may be called
// from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace convforge {

enum class Isa { sse41, avx2, avx512, neon, cuda };
/// Which cores a target's plans are made for, where it matters.
enum class CoreClass { out_of_order, in_order };

struct Target {
  std::string_view name; ///< "x86-64-avx512", as users write it
  Isa isa;
  std::string_view halide;  ///< Halide's name of architecture and features
  std::string_view triple;  ///< LLVM's
  std::string_view mca_cpu; ///< the CPU llvm-mca models for this target
  /// The CONVFORGE_CPU_* bits that a CPU and OS must offer (runtime/include/convforge/convforge.h).
  std::uint32_t cpu_features;
  bool converts_halves; ///< has instructions for it: kernels may keep tensors as f16
  CoreClass core = CoreClass::out_of_order;
  /// Other CPUs of the target that llvm-mca knows: explanations name their bounds, too.
  std::span<const std::string_view> other_cpus = {};
  bool operator==(const Target &other) const { return name == other.name; }
};

/// Does it compute on a GPU? Such kernels take device pointers and are planned by planner/gpu and compiled by
/// compiler/gpu.
constexpr bool is_gpu(const Target &target) {
  return target.isa == Isa::cuda;
}
/// Every known target that is a CPU's, best first.
std::span<const Target> all_targets();
/// Every known target that is a GPU's, best first. None of them runs_here(): that asks about the CPU.
std::span<const Target> gpu_targets();
/// The target of that name; "host" is host_target(). Throws Error listing the known names.
const Target &find_target(std::string_view name);
/// The best target that this CPU and OS run, or the one that CONVFORGE_TARGET names. Throws Error, naming
/// what the CPU lacks, when that is unknown or impossible here.
const Target &host_target();
/// Whether this CPU has, and this OS enables, every feature of `target`.
bool runs_here(const Target &target);
/// What this CPU and OS lack for `target`, in words; empty if nothing.
std::string missing_features(const Target &target);
/// CONVFORGE_CPU_* bits in words: "SSE4.1; AVX2 with FMA and F16C"; bits that have none as a number. Empty
/// for none.
std::string feature_names(std::uint32_t cpu_features);
/// "x86-64-avx512" -> "x86_64_avx512", for C symbols.
std::string identifier(const Target &target);

} // namespace convforge
