#include "target/target.hpp"

#include "base/error.hpp"
#include "convforge/convforge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace convforge {
namespace {

constexpr std::string_view x86_triple = "x86_64-unknown-linux-gnu";
constexpr std::string_view arm_triple = "aarch64-unknown-linux-gnu";
constexpr std::string_view in_order_cpus[] = {"cortex-a510"};
constexpr std::string_view out_of_order_cpus[] = {"cortex-a76", "neoverse-v1", "apple-m1"};
constexpr std::string_view ptx_triple = "nvptx64-nvidia-cuda";

// Each row but VNNI's spells out to Halide just what its cpu_features bits promise. llvm-mca 19 has a
// scheduling model for each of these CPUs (for nehalem, Sandy Bridge's).
constexpr Target avx512{.name = "x86-64-avx512",
                        .isa = Isa::avx512,
                        .schedules = ScheduleFamily::x86,
                        .halide = "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake",
                        .triple = x86_triple,
                        .mca_cpu = "skylake-avx512",
                        .cpu_features = CONVFORGE_CPU_SSE41 | CONVFORGE_CPU_AVX2 | CONVFORGE_CPU_AVX512,
                        .vector_bytes = 64,
                        .vector_registers = 32,
                        .embedded_broadcast = true,
                        .dot = Dot::pairs,
                        .converts_halves = true,
                        .masks_halves = true,
                        .tiles = {.depthwise_accumulators = 16}};
constexpr Target avx2{.name = "x86-64-avx2",
                      .isa = Isa::avx2,
                      .schedules = ScheduleFamily::x86,
                      .halide = "x86-64-linux-sse41-avx-f16c-fma-avx2",
                      .triple = x86_triple,
                      .mca_cpu = "haswell",
                      .cpu_features = CONVFORGE_CPU_SSE41 | CONVFORGE_CPU_AVX2,
                      .vector_bytes = 32,
                      .vector_registers = 16,
                      .dot = Dot::pairs,
                      .converts_halves = true};
constexpr Target sse41{.name = "x86-64-sse41",
                       .isa = Isa::sse41,
                       .schedules = ScheduleFamily::x86,
                       .halide = "x86-64-linux-sse41",
                       .triple = x86_triple,
                       .mca_cpu = "nehalem",
                       .cpu_features = CONVFORGE_CPU_SSE41,
                       .vector_bytes = 16,
                       .vector_registers = 16,
                       .fma = false,
                       .dot = Dot::pairs};

/// Halide 21 reaches vpdpbusd by the features of whole CPUs only, which let LLVM use more than VNNI: each
/// object says what it needs of these bits (compiler/needed_features.hpp), and what is beyond them is written
/// in other instructions (compiler/reassemble.hpp; Zen 4's features bring insertq, which has none). `host`
/// and the JIT choose before there is an object: by all of them. Broadcasts of the input are loads of their
/// own: the instruction takes the other operand from memory.
constexpr Target with_vnni(Target target, std::string_view name) {
  target.name = name;
  target.halide =
      "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake-avx512_cannonlake-avx512_sapphirerapids";
  target.mca_cpu = "icelake-server";
  target.cpu_features |= CONVFORGE_CPU_AVX512_VNNI | CONVFORGE_CPU_AVX512_ICELAKE;
  target.dot = Dot::four_u8_s8;
  target.quantised_only = true;
  return target;
}

constexpr Target neon{.name = "arm-64-neon",
                      .isa = Isa::neon,
                      .schedules = ScheduleFamily::arm,
                      .halide = "arm-64-linux",
                      .triple = arm_triple,
                      .mca_cpu = "neoverse-n1",
                      .cpu_features = CONVFORGE_CPU_NEON,
                      .vector_bytes = 16,
                      .vector_registers = 32,
                      .dot = Dot::widening,
                      .broadcast_lanes = 4,
                      .tiles = {.channel_vectors = 6,
                                .direct_channel_vectors = 6,
                                .depthwise_accumulators = 8,
                                .depthwise_rows = 1,
                                .transformed_vectors = 4,
                                .transformed_columns = 16,
                                .enough_multiply_adds = 24},
                      .other_cpus = out_of_order_cpus};

/// An ARM target's plans for cores that start instructions in order.
constexpr Target for_in_order_cores(Target target, std::string_view name) {
  target.name = name;
  target.mca_cpu = "cortex-a55";
  target.cpu_features |= CONVFORGE_CPU_ARM_IN_ORDER;
  target.tiles.channel_vectors = 2;
  target.tiles.direct_channel_vectors = 5;
  target.core = CoreClass::in_order;
  target.other_cpus = in_order_cpus;
  return target;
}

/// An ARM target's kernels for cores with FEAT_FP16. Without it Halide converts halves by arithmetic.
constexpr Target with_halves(Target target, std::string_view name) {
  target.name = name;
  target.halide = "arm-64-linux-arm_fp16";
  target.cpu_features |= CONVFORGE_CPU_ARM_FP16;
  target.converts_halves = true;
  return target;
}

/// And for those with FEAT_DotProd.
constexpr Target with_dot_product(Target target, std::string_view name) {
  target.name = name;
  target.halide = "arm-64-linux-arm_dot_prod";
  target.cpu_features |= CONVFORGE_CPU_ARM_DOTPROD;
  target.dot = Dot::four_s8_s8;
  target.quantised_only = true;
  return target;
}

constexpr std::array<Target, 8> targets{{
    with_vnni(avx512, "x86-64-avx512-vnni"),
    avx512,
    avx2,
    sse41,
    with_dot_product(neon, "arm-64-neon-dotprod"),
    for_in_order_cores(neon, "arm-64-neon-inorder"),
    with_halves(neon, "arm-64-neon-fp16"),
    neon,
}};

/// `chip`: ptxas' name of it.
constexpr Target cuda(std::string_view name, std::string_view halide, std::string_view chip, int capability) {
  return {.name = name,
          .isa = Isa::cuda,
          .schedules = ScheduleFamily::cuda,
          .halide = halide,
          .triple = ptx_triple,
          .mca_cpu = chip,
          .cpu_features = CONVFORGE_NEEDS_CUDA,
          .compute_capability = capability};
}

// Halide 21 knows capabilities up to 8.6; ptxas makes the code of newer chips from that.
constexpr std::array<Target, 4> cuda_targets{{
    cuda("cuda-sm90", "x86-64-linux-cuda-cuda_capability_86", "sm_90", 90),
    cuda("cuda-sm86", "x86-64-linux-cuda-cuda_capability_86", "sm_86", 86),
    cuda("cuda-sm80", "x86-64-linux-cuda-cuda_capability_80", "sm_80", 80),
    cuda("cuda-sm75", "x86-64-linux-cuda-cuda_capability_75", "sm_75", 75),
}};

std::string known_names() {
  std::string names = "host";
  for (const std::span<const Target> list : {all_targets(), gpu_targets()})
    for (const Target &target : list)
      names += fmt::format(", {}", target.name);
  return names;
}

} // namespace

std::span<const Target> all_targets() {
  return targets;
}

std::span<const Target> gpu_targets() {
  return cuda_targets;
}

const Target &find_target(std::string_view name, const ElementTypes &types) {
  if (name == "host")
    return host_target({}, types);
  for (const std::span<const Target> list : {all_targets(), gpu_targets()}) {
    const auto found = std::ranges::find(list, name, &Target::name);
    if (found != list.end())
      return *found;
  }
  fail("target", fmt::format("{:?}", name.substr(0, 60)), "one of " + known_names());
}

bool has_kernels(const Target &target, const ElementTypes &types) {
  const auto takes = [&](ElementType type) { return type != ElementType::f16 || target.converts_halves; };
  if (types.quantised())
    return target.dot != Dot::none;
  return !target.quantised_only && takes(types.source) && takes(types.weights) && takes(types.destination);
}

std::string identifier(const Target &target) {
  std::string text(target.name);
  std::ranges::replace(text, '-', '_');
  return text;
}

} // namespace convforge
