// The nodes around a convolution, taken into its kernel one after another.
#pragma once

#include "models/folding/fold.hpp"
#include "models/folding/folded_kernel.hpp"

namespace convforge::models {

class Folder {
public:
  explicit Folder(const Graph &graph);
  /// Throws Error where the convolution itself cannot be a kernel.
  FoldedConvolution fold(int node);

private:
  struct Walk;
  bool step(Walk &walk);
  bool take(Walk &walk, int reader);
  bool take_arithmetic(Walk &walk, const Node &node);
  bool take_residual(Walk &walk, const Node &node, TensorId other);
  bool take_normalization(Walk &walk, const Node &node);
  bool take_gate(Walk &walk, const std::vector<int> &readers);
  bool depends_on(TensorId tensor, int node) const;
  void take_pad(Walk &walk);
  // Of integers: dequantised_walk.cpp.
  void take_dequantize(Walk &walk);
  bool take_quantize(Walk &walk, DequantisedConvolution &convolution);
  bool take_limits(Walk &walk, const Node &node);

  const Graph &graph_;
  const std::vector<std::vector<int>> readers_;
  const std::vector<int> makers_;
  std::vector<bool> is_output_; ///< by tensor: of the model
  std::vector<int> taken_by_;   ///< by node: the convolution that has it; -1: none
};

/// One convolution's.
struct Folder::Walk {
  Walk(const Graph &graph, const Node &node) : kernel(graph, node), value(node.outputs[0]) {}

  FoldedConvolution folded;
  FoldedKernel kernel;
  TensorId value; ///< what the kernel stores so far
};

} // namespace convforge::models
