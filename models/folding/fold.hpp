// A model's convolutions, each with what is done beside it by one kernel.
#pragma once

#include "models/graph.hpp"

#include <string>
#include <utility>
#include <vector>

namespace convforge::models {

/// What is packed into a kernel of 8-bit integers.
struct EightBitConstants {
  std::vector<std::int8_t> weights;
  std::vector<double> multipliers; ///< one an output channel; none where sums are stored
  std::vector<std::int32_t> bias;  ///< none where the epilogue has none
};

struct FoldedConvolution {
  int node = 0; ///< of the graph: the convolution
  Problem problem;
  TensorId input = no_tensor, output = no_tensor; ///< of the kernel
  /// Weights, and what has a value an output channel, by the operands' names, in their order.
  std::vector<std::pair<std::string, std::vector<float>>> constants;
  /// Of a problem of 8-bit integers: weights, multipliers and bias, which `constants` then does not have.
  std::optional<EightBitConstants> eight_bits = {};
  std::vector<std::pair<std::string, TensorId>> residuals; ///< by the operands' names
  std::vector<int> folded;                                 ///< the other nodes whose work the kernel does
  std::string stop; ///< why it does not do the work of the node behind them, too
  /// Of a kernel in floats whose input was dequantised: why it is none of 8-bit integers.
  std::string in_floats = {};
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
