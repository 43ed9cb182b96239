// Pools behind convolutions, which their kernels can do before they store (docs/pooling.md).
#pragma once

#include "models/folding/fold.hpp"

namespace convforge::models {

/// A convolution's kernel with the pool behind it, and with activations behind that one.
struct TrailingPool {
  std::size_t convolution; ///< of FoldedModel
  Problem problem;
  std::vector<int> folded; ///< the pool's node, then those of the activations
  TensorId output;
  std::string stop; ///< as of FoldedConvolution
};

/// Those that kernels can do; nothing is changed for them yet. Where no kernel does a pool, the convolution's
/// `stop` says why.
std::vector<TrailingPool> trailing_pools(const Graph &graph, FoldedModel &model);
/// Makes these the kernels' own.
void take_pools(const std::vector<TrailingPool> &pools, const Graph &graph, FoldedModel &model);

} // namespace convforge::models
