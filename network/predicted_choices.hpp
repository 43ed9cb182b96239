// What the planner's predictions decide of a network: the layout of its kernels, and which pools they do.
#pragma once

#include "network/compiled.hpp"

#include <string_view>

namespace convforge::network {

/// Makes a pool behind a convolution its kernel's own (models/folding/trailing_pool.hpp) where the kernel is
/// predicted to take no longer with it than without it and the pool in a pass of its own; where it is, the
/// convolution's `stop` says so. Returns the layout of the kernels of a model with channels in front: the one
/// of this name, or of "auto" the one with which all of the network's kernels, with these pools, are
/// predicted to take less time. Predictions are for the first target. Throws Error.
Layout choose_by_prediction(std::string_view layout, const models::Graph &graph, models::FoldedModel &model,
                            const KernelRequest &request);

} // namespace convforge::network
