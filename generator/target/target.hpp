// Target: an instruction set a kernel is compiled for, as one row of a constant table. A new target of a
// known family of schedules is a new row. Targets are handed out by reference to that table; every function
// here may be called from any thread.
#pragma once

#include "problem/element_type.hpp"
#include "target/dot.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace convforge {

enum class Isa { sse41, avx2, avx512, neon, cuda };
/// Which cores a target's plans are made for, where it matters.
enum class CoreClass { out_of_order, in_order };
/// Whose schedules order a target's loops: a folder or files of schedules/.
enum class ScheduleFamily { x86, arm, cuda };

/// How far the planner looks for register tiles.
struct TileLimits {
  /// Vectors of output channels. In Winograd's products in-order ARM cores take a tile's lanes one after
  /// another, all their weights in registers: more than two vectors of them spill.
  int channel_vectors = 4;
  /// The same for direct loops in NHWC. On in-order ARM cores every vector of weights is a load instruction,
  /// and beside six of them there is room for four pixels only: less than 75 % multiply-adds.
  int direct_channel_vectors = 4;
  /// Accumulators and rows of a depthwise tile. Half of the registers where multiply-adds read the other
  /// operand from memory; a quarter on ARM, where inputs and weights of the taps under way hold registers:
  /// one row of 8 pixels does not spill at stride 2 and loads, on paper, as fast as it multiplies
  /// (llvm-mca: 5.5 cycles an output vector of 3x3 on Neoverse N1, as with 2x8 at stride 1, which does spill
  /// with an epilogue).
  int depthwise_accumulators = 8, depthwise_rows = 2;
  /// Vectors of input channels that a Winograd transform takes side by side: a cache line of V on ARM, whose
  /// vectors are a quarter of one.
  int transformed_vectors = 1;
  /// Values that Winograd's output transform may hold for a vector of channels, a column of points for each
  /// row of outputs: of ARM's 32 registers; points, sums and constants fill the others. 0: as many as there
  /// are.
  int transformed_columns = 0;
  /// Multiply-adds beside which a loop's control does not show. More would let LLVM load the next weights
  /// early, and spill where accumulators leave few registers (28 of 32).
  int enough_multiply_adds = 20;
};

struct Target {
  std::string_view name; ///< "x86-64-avx512", as users write it
  Isa isa;
  ScheduleFamily schedules;
  std::string_view halide;  ///< Halide's name of architecture and features
  std::string_view triple;  ///< LLVM's
  std::string_view mca_cpu; ///< the CPU llvm-mca models for this target
  /// The CONVFORGE_CPU_* bits that a CPU and OS must offer (runtime/include/convforge/convforge.h).
  std::uint32_t cpu_features;
  int vector_bytes = 0, vector_registers = 0; ///< 0 for GPUs (gpu_machine.hpp)
  bool fma = true;                 ///< without it a product needs a register of its own before it is added
  bool embedded_broadcast = false; ///< instructions take a broadcast scalar from memory as an operand
  Dot dot = Dot::none;             ///< how 8-bit integers are multiplied
  /// What it has beside the next target serves 8-bit integers alone: it has no kernels of others.
  bool quantised_only = false;
  bool converts_halves = false; ///< has instructions for it: kernels may keep tensors as f16
  bool masks_halves = false;    ///< loads and stores take a part of a vector of 16-bit elements
  /// Scalars that one load can bring, where multiply-adds take a lane of a register.
  int broadcast_lanes = 1;
  TileLimits tiles;
  int compute_capability = 0; ///< of CUDA: 80 for 8.0
  CoreClass core = CoreClass::out_of_order;
  /// Other CPUs of the target that llvm-mca knows: explanations name their bounds, too.
  std::span<const std::string_view> other_cpus = {};
  /// Elements of a vector.
  constexpr int lanes(ElementType type) const { return vector_bytes / static_cast<int>(bytes_of(type)); }
  bool operator==(const Target &other) const { return name == other.name; }
};

/// Has it kernels for these types? Halves are elements that no target computes with: they are converted as
/// they are loaded and stored.
bool has_kernels(const Target &target, const ElementTypes &types);

/// Does it compute on a GPU? Such kernels take device pointers and are planned by planner/gpu and compiled by
/// compiler/gpu.
constexpr bool is_gpu(const Target &target) {
  return target.schedules == ScheduleFamily::cuda;
}
/// Has its family a schedule for depthwise that leaves out taps beside the image?
constexpr bool has_depthwise_rows(const Target &target) {
  return target.schedules == ScheduleFamily::x86;
}
/// And one for depthwise with vectors along rows whose lanes are masked? Its loads of part of a vector.
constexpr bool has_masked_rows(const Target &target) {
  return target.schedules == ScheduleFamily::x86 && target.vector_bytes >= 32;
}
/// And one for Winograd down the columns alone?
constexpr bool has_winograd_down(const Target &target) {
  return target.schedules == ScheduleFamily::x86;
}
/// And does it fetch the rows of the image that Winograd's next task reads?
constexpr bool has_winograd_prefetch(const Target &target) {
  return target.schedules == ScheduleFamily::x86;
}
/// Every known target that is a CPU's, best first.
std::span<const Target> all_targets();
/// Every known target that is a GPU's, best first. None of them runs_here(): that asks about the CPU.
std::span<const Target> gpu_targets();
/// The target of that name; "host" is host_target(). Throws Error listing the known names.
const Target &find_target(std::string_view name, const ElementTypes &types = {});
/// The best target with kernels for `types` that this CPU and OS run, or the one that `forced` (what
/// CONVFORGE_TARGET says) names. Throws Error, naming what the CPU lacks, when that is unknown or impossible
/// here.
const Target &host_target(std::string_view forced = {}, const ElementTypes &types = {});
/// Whether this CPU has, and this OS enables, every feature of `target`.
bool runs_here(const Target &target);
/// What this CPU and OS lack for `target`, in words; empty if nothing.
std::string missing_features(const Target &target);
/// CONVFORGE_CPU_* bits in words: convforge_feature_names().
std::string feature_names(std::uint32_t cpu_features);
/// "x86-64-avx512" -> "x86_64_avx512", for C symbols.
std::string identifier(const Target &target);

} // namespace convforge
