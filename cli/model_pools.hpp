// Pools behind a model's convolutions, for commands that take its kernels one by one.
#pragma once

#include "cli/model.hpp"
#include "cli/options.hpp"

namespace convforge::cli {

/// Kernels do the pools that network::choose_by_prediction() gives them where they have the model's own
/// layout. Throws Error.
void fold_pools(ReadModel &model, const KernelFlags &flags);

} // namespace convforge::cli
