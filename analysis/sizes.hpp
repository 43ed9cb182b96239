// Sizes with the arithmetic behind them: registers of a tile, bytes of packed weights and workspace.
#pragma once

#include "artefact/artefact.hpp"

#include <cstddef>
#include <string>

namespace convforge {

/// A number and how it comes about: {73792, "64 + 4 x 2 blocks x 3 x 3 x 64 x 32"}.
struct Size {
  std::size_t value = 0;
  std::string formula; ///< empty: the number was counted in the compiled code
};

/// Vector registers that the plan needs for one region.
struct RegisterUse {
  int accumulators = 0, used = 0, available = 0;
  std::string tile;      ///< "1x14 pixels x 2 vectors of 16 channels = 28 accumulators"
  std::string registers; ///< "28 accumulators + 2 weights + 1 input = 31 of 32"
};
RegisterUse register_use(const Problem &problem, const Plan &plan, const Region &region,
                         const Target &target);

/// The header and every region's blocked weights.
Size packed_size(const Artefact &artefact);

/// What a kernel keeps in its workspace: per thread what a task makes, shared what all tasks read.
Size shared_workspace(const Artefact &artefact);
Size thread_workspace(const Artefact &artefact);

} // namespace convforge
