// Of target.hpp: what runs on this CPU and OS, and the best of it.
#include "base/error.hpp"
#include "convforge/convforge.h"
#include "target/target.hpp"

#include <algorithm>

namespace convforge {
namespace {

std::uint32_t missing_bits(const Target &target) {
  return target.cpu_features & ~(convforge_cpu_features() | CONVFORGE_CPU_TUNING);
}

bool tuned_for_here(const Target &target) {
  return (target.cpu_features & CONVFORGE_CPU_TUNING & ~convforge_cpu_tuning()) == 0;
}

const Target &best_target(const ElementTypes &types) {
  const std::span<const Target> targets = all_targets();
  const auto found = std::ranges::find_if(targets, [&](const Target &one) {
    return runs_here(one) && tuned_for_here(one) && has_kernels(one, types);
  });
  if (found == targets.end())
    throw Error("host: this CPU and OS run no known target; the least are x86-64-sse41, which needs " +
                missing_features(find_target("x86-64-sse41")) + ", and arm-64-neon, which needs " +
                missing_features(find_target("arm-64-neon")));
  return *found;
}

} // namespace

std::string feature_names(std::uint32_t cpu_features) {
  std::string text(convforge_feature_names(cpu_features, nullptr, 0), '\0');
  convforge_feature_names(cpu_features, text.data(),
                          text.size() + 1); // its zero goes where the string has one
  return text;
}

std::string missing_features(const Target &target) {
  return feature_names(missing_bits(target));
}

bool runs_here(const Target &target) {
  return missing_bits(target) == 0;
}

const Target &host_target(std::string_view forced, const ElementTypes &types) {
  if (forced.empty() || forced == "host")
    return best_target(types);
  const auto &target = find_target(forced);
  if (!runs_here(target))
    fail("CONVFORGE_TARGET", std::string(forced),
         "a target this machine runs: its CPU or OS lacks " + missing_features(target));
  return target;
}

} // namespace convforge
