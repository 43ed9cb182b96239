#include "base/error.hpp"
#include "convforge/convforge.h"
#include "target/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace convforge {
namespace {

struct Feature {
  std::uint32_t bit;
  std::string_view name;
};
// In words, for people: tests tell when a target uses a bit that is not here.
constexpr std::array<Feature, 7> features{{
    {CONVFORGE_NEEDS_CUDA, "a CUDA GPU"},
    {CONVFORGE_CPU_SSE41, "SSE4.1"},
    {CONVFORGE_CPU_AVX2, "AVX2 with FMA and F16C"},
    {CONVFORGE_CPU_AVX512, "AVX-512 F, BW, CD, DQ and VL"},
    {CONVFORGE_CPU_NEON, "AArch64 Advanced SIMD"},
    {CONVFORGE_CPU_ARM_FP16, "FEAT_FP16"},
    {CONVFORGE_CPU_ARM_IN_ORDER, "tuned for in-order cores"},
}};

std::uint32_t missing_bits(const Target &target) {
  return target.cpu_features & ~(convforge_cpu_features() | CONVFORGE_CPU_TUNING);
}

bool tuned_for_here(const Target &target) {
  return (target.cpu_features & CONVFORGE_CPU_TUNING & ~convforge_cpu_tuning()) == 0;
}

const Target &best_target() {
  const std::span<const Target> targets = all_targets();
  const auto found =
      std::ranges::find_if(targets, [](const Target &one) { return runs_here(one) && tuned_for_here(one); });
  if (found == targets.end())
    throw Error("host: this CPU and OS run no known target; the least are x86-64-sse41, which needs " +
                missing_features(find_target("x86-64-sse41")) + ", and arm-64-neon, which needs " +
                missing_features(find_target("arm-64-neon")));
  return *found;
}

} // namespace

std::string feature_names(std::uint32_t cpu_features) {
  std::string text;
  const auto add = [&](std::string_view name) { text.append(text.empty() ? "" : "; ").append(name); };
  for (const Feature &feature : features)
    if (cpu_features & feature.bit)
      add(feature.name), cpu_features &= ~feature.bit;
  if (cpu_features != 0)
    add(fmt::format("feature bits {:#x}", cpu_features));
  return text;
}

std::string missing_features(const Target &target) {
  return feature_names(missing_bits(target));
}

bool runs_here(const Target &target) {
  return missing_bits(target) == 0;
}

const Target &host_target(std::string_view forced) {
  if (forced.empty() || forced == "host")
    return best_target();
  const auto &target = find_target(forced);
  if (!runs_here(target))
    fail("CONVFORGE_TARGET", std::string(forced),
         "a target this machine runs: its CPU or OS lacks " + missing_features(target));
  return target;
}

} // namespace convforge
