// The targets that tests of floats loop over.
#pragma once

#include "target/target.hpp"

#include <algorithm>
#include <vector>

namespace convforge {

/// Those with kernels of f32: not what serves 8-bit integers alone.
inline std::vector<Target> targets_of_floats() {
  std::vector<Target> targets(all_targets().begin(), all_targets().end());
  std::erase_if(targets, [](const Target &target) { return !has_kernels(target, {}); });
  return targets;
}

} // namespace convforge
