#include "convforge/convforge.h"
#include "error.hpp"
#include "target/target.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace convforge {
namespace {

struct Feature {
  std::uint32_t bit;
  std::string_view name;
};
constexpr std::array<Feature, 3> features{{
    {CONVFORGE_CPU_SSE41, "SSE4.1"},
    {CONVFORGE_CPU_AVX2, "AVX2 with FMA and F16C"},
    {CONVFORGE_CPU_AVX512, "AVX-512 F, BW, CD, DQ and VL"},
}};

/// What this CPU and OS lack for `target`, in words.
std::string missing_features(const Target &target) {
  return feature_names(target.cpu_features & ~convforge_cpu_features());
}

const Target &best_target() {
  const std::span<const Target> targets = all_targets();
  const auto found = std::ranges::find_if(targets, runs_here);
  if (found == targets.end())
    throw Error("host: this CPU and OS run no known target; the least, " + std::string(targets.back().name) +
                ", needs " + missing_features(targets.back()));
  return *found;
}

} // namespace

std::string feature_names(std::uint32_t cpu_features) {
  std::string text;
  for (const Feature &feature : features)
    if (cpu_features & feature.bit)
      text.append(text.empty() ? "" : "; ").append(feature.name);
  return text;
}

bool runs_here(const Target &target) {
  return (target.cpu_features & ~convforge_cpu_features()) == 0;
}

const Target &host_target() {
  const char *forced = std::getenv("CONVFORGE_TARGET");
  const std::string_view name = forced ? forced : "";
  if (name.empty() || name == "host")
    return best_target();
  const auto &target = find_target(name);
  if (!runs_here(target))
    fail("CONVFORGE_TARGET", std::string(name),
         "a target this machine runs: its CPU or OS lacks " + missing_features(target));
  return target;
}

} // namespace convforge
