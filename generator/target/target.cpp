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

// Each row spells out to Halide just what its cpu_features bits promise. llvm-mca 19 has a scheduling model
// for each of these CPUs (for nehalem, Sandy Bridge's).
constexpr std::array<Target, 6> targets{{
    {"x86-64-avx512", Isa::avx512, "x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake", x86_triple,
     "skylake-avx512", CONVFORGE_CPU_SSE41 | CONVFORGE_CPU_AVX2 | CONVFORGE_CPU_AVX512, true},
    {"x86-64-avx2", Isa::avx2, "x86-64-linux-sse41-avx-f16c-fma-avx2", x86_triple, "haswell",
     CONVFORGE_CPU_SSE41 | CONVFORGE_CPU_AVX2, true},
    {"x86-64-sse41", Isa::sse41, "x86-64-linux-sse41", x86_triple, "nehalem", CONVFORGE_CPU_SSE41, false},
    {"arm-64-neon-inorder", Isa::neon, "arm-64-linux", arm_triple, "cortex-a55",
     CONVFORGE_CPU_NEON | CONVFORGE_CPU_ARM_IN_ORDER, false, CoreClass::in_order, in_order_cpus},
    {"arm-64-neon-fp16", Isa::neon, "arm-64-linux-arm_fp16", arm_triple, "neoverse-n1",
     CONVFORGE_CPU_NEON | CONVFORGE_CPU_ARM_FP16, true, CoreClass::out_of_order, out_of_order_cpus},
    {"arm-64-neon", Isa::neon, "arm-64-linux", arm_triple, "neoverse-n1", CONVFORGE_CPU_NEON, false,
     CoreClass::out_of_order, out_of_order_cpus},
}};

// Halide 21 knows capabilities up to 8.6; ptxas makes the code of newer chips from that.
constexpr std::array<Target, 4> cuda_targets{{
    {"cuda-sm90", Isa::cuda, "x86-64-linux-cuda-cuda_capability_86", ptx_triple, "sm_90",
     CONVFORGE_NEEDS_CUDA, false},
    {"cuda-sm86", Isa::cuda, "x86-64-linux-cuda-cuda_capability_86", ptx_triple, "sm_86",
     CONVFORGE_NEEDS_CUDA, false},
    {"cuda-sm80", Isa::cuda, "x86-64-linux-cuda-cuda_capability_80", ptx_triple, "sm_80",
     CONVFORGE_NEEDS_CUDA, false},
    {"cuda-sm75", Isa::cuda, "x86-64-linux-cuda-cuda_capability_75", ptx_triple, "sm_75",
     CONVFORGE_NEEDS_CUDA, false},
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

const Target &find_target(std::string_view name) {
  if (name == "host")
    return host_target();
  for (const std::span<const Target> list : {all_targets(), gpu_targets()}) {
    const auto found = std::ranges::find(list, name, &Target::name);
    if (found != list.end())
      return *found;
  }
  fail("target", fmt::format("{:?}", name.substr(0, 60)), "one of " + known_names());
}

std::string identifier(const Target &target) {
  std::string text(target.name);
  std::ranges::replace(text, '-', '_');
  return text;
}

} // namespace convforge
