// Pools behind a model's convolutions, for commands that take its kernels one by one.
#pragma once

#include "cli/model.hpp"
#include "cli/options.hpp"

namespace convforge::cli {

/// Kernels do the pools that those of `convforge network` do, whose layout may be another: where the layouts'
/// predictions differ, import, summary and network still say the same. Throws Error.
void fold_pools(ReadModel &model, const KernelFlags &flags);

} // namespace convforge::cli
