// A node between kernels as calls, or as another view of what it reads.
#pragma once

#include "network/lowering/program_builder.hpp"

namespace convforge::network {

class NodeLowering {
public:
  NodeLowering(const models::Graph &graph, const models::FoldedModel &model, const Items &items,
               ProgramBuilder &builder)
      : graph_(graph), model_(model), items_(items), builder_(builder),
        joinable_step_(graph.tensors.size(), -1) {}
  /// Throws Error that says why there is no call.
  void lower(const models::Node &node);

private:
  /// Throws Error unless its elements are of the output's type.
  const View &input(const models::Node &node, std::size_t i = 0);
  ElementType output_type(const models::Node &node) const {
    return element_type(graph_.tensor(node.outputs[0]));
  }
  const models::Shape &output_sizes(const models::Node &node) const {
    return graph_.tensor(node.outputs[0]).sizes();
  }

  // Views.
  void lower_operation(const models::Node &node, const models::Reshape &reshape);
  void lower_operation(const models::Node &node, const models::Transposition &transposition);
  void lower_operation(const models::Node &node, const models::Slice &slice);
  void lower_operation(const models::Node &node, const models::Split &split);
  void lower_operation(const models::Node &node, const models::Expansion &expansion);
  // Calls.
  void lower_operation(const models::Node &node, const models::Elementwise &steps);
  void lower_operation(const models::Node &node, const models::Arithmetic &arithmetic);
  void lower_operation(const models::Node &node, const models::UnaryFunction &function);
  void lower_operation(const models::Node &node, const models::Selection &selection);
  void lower_operation(const models::Node &node, const models::Prelu &prelu);
  void lower_operation(const models::Node &node, const models::BatchNormalization &norm);
  void lower_operation(const models::Node &node, const models::Concatenation &concatenation);
  void lower_operation(const models::Node &node, const models::WindowPooling &operation);
  void lower_operation(const models::Node &node, const models::Reduction &operation);
  void lower_operation(const models::Node &node, const models::Softmax &operation);
  void lower_operation(const models::Node &node, const models::Resampling &operation);
  void lower_operation(const models::Node &node, const models::Pad &operation);
  void lower_operation(const models::Node &node, const models::DepthToSpace &operation);
  // Calls of 8-bit integers: byte_lowering.cpp.
  void lower_operation(const models::Node &node, const models::Quantize &operation);
  void lower_operation(const models::Node &node, const models::Dequantize &operation);
  void lower_operation(const models::Node &node, const models::Requantize &operation);
  void lower_operation(const models::Node &node, const models::QuantisedArithmetic &operation);
  void lower_operation(const models::Node &node, const models::Quantised &operation);
  void lower_operation(const models::Node &node, const models::QuantisedConcatenation &operation);
  template <typename Make>
  void add_in_floats(const models::Node &node, const models::Scale &from, const models::Scale &to,
                     const Make &add);
  void add_quantised(const models::Node &node, const models::Quantised &all, const Epilogue &activations);
  void add_quantised(const models::Node &node, const models::Quantised &all,
                     const models::WindowPooling &pooling);
  void add_quantised(const models::Node &node, const models::Quantised &all,
                     const models::Reduction &reduction);
  void add_quantised(const models::Node &node, const models::Quantised &all, const models::Softmax &softmax);
  void add_map(const models::Node &node, const ByteTable &table, double slope);
  void add_limits(const models::Node &node, const models::Elementwise &limits);
  // Nothing.
  void lower_operation(const models::Node &node, const models::Convolution &convolution);
  void lower_operation(const models::Node &node, const models::Nested &nested);
  void lower_operation(const models::Node &node, const models::OtherOperation &other);

  void require_floats(const models::Node &node) const;
  void require_bytes(const models::Node &node) const;
  models::Pad padding_in_steps(const models::Node &node, models::Pad pad) const;
  bool joins(models::TensorId from, models::TensorId to) const;
  void add_elementwise(const models::Node &node, ElementwiseCall call, std::vector<Place> reads);
  void add_unary(const models::Node &node, convforge_arithmetic arithmetic);
  void add_binary(const models::Node &node, convforge_arithmetic arithmetic, const View &a, const View &b,
                  const Epilogue &steps = {});
  void add_power(const models::Node &node);
  template <typename Make>
  void add_call(const models::Node &node, const Make &make);

  const models::Graph &graph_;
  const models::FoldedModel &model_;
  const Items &items_;
  ProgramBuilder &builder_;
  std::vector<int> joinable_step_; ///< by tensor: the call that makes it and may do more to it; -1: another
};

} // namespace convforge::network
