// A model's convolutions, each with what is done beside it by one kernel.
#pragma once

#include "models/graph.hpp"

#include <string>
#include <utility>
#include <vector>

namespace convforge::models {

struct FoldedConvolution {
  int node = 0; ///< of the graph: the convolution
  Problem problem;
  TensorId input = no_tensor, output = no_tensor; ///< of the kernel
  /// Weights, and what has a value an output channel, by the operands' names, in their order.
  std::vector<std::pair<std::string, std::vector<float>>> constants;
  std::vector<std::pair<std::string, TensorId>> residuals; ///< by the operands' names
  std::vector<int> folded;                                 ///< the other nodes whose work the kernel does
  std::string stop; ///< why it does not do the work of the node behind them, too
};

struct RefusedConvolution {
  std::string name, type, reason;
};

struct FoldedModel {
  std::vector<FoldedConvolution> convolutions; ///< in the order of the graph
  std::vector<RefusedConvolution> refused;
  std::vector<int> glue; ///< nodes that are in no kernel
};

/// Nodes in none of the model's kernels.
std::vector<int> glue_of(const Graph &graph, const FoldedModel &model);
/// Every convolution of the graph is in one of the two lists.
FoldedModel fold(const Graph &graph);

} // namespace convforge::models
