// A layer that is applied to tensors, and the graph that it adds nodes to.
#pragma once

#include "models/graph.hpp"
#include "models/keras/layer_config.hpp"
#include "models/keras/weights.hpp"
#include "models/resize_taps.hpp"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace convforge::models::keras {

/// The graph while it is made: names of nodes and of tensors are each used once.
class KerasGraph {
public:
  KerasGraph() { graph_.format = "Keras"; }
  const Tensor &tensor(TensorId id) const { return graph_.tensor(id); }
  /// Takes another name where the tensor's is another's already.
  TensorId add_tensor(Tensor tensor);
  void add_input(TensorId id) { graph_.inputs.push_back(id); }
  void add_output(TensorId id) { graph_.outputs.push_back(id); }
  /// Throws Error for too many nodes.
  void add_node(Node node);
  /// A name that no node has yet.
  std::string fresh_node_name(const std::string &name);
  Graph finish() { return std::move(graph_); }

private:
  Graph graph_;
  TapBudget taps_;
  std::set<std::string> tensor_names_, node_names_;
};

/// What a variable of a layer became: layers that are applied more than once have one of each.
using VariableTensors = std::map<std::pair<const Json *, std::size_t>, TensorId>;

class LayerCall {
public:
  LayerCall(const LayerConfig &layer, std::string name, std::vector<TensorId> inputs, KerasGraph &graph)
      : layer(layer), name(std::move(name)), inputs(std::move(inputs)), graph(graph) {}

  const LayerConfig &layer;
  std::string name; ///< with the nested models that it is in, and a number from its second call on
  std::vector<TensorId> inputs;
  KerasGraph &graph;
  WeightSource *weights = nullptr;
  WeightPlace place;
  VariableTensors *variables = nullptr;

  const Tensor &input(std::size_t i = 0) const { return graph.tensor(inputs[i]); }
  /// The layer's variable as a constant. Throws Error naming the layer where it is missing.
  TensorId variable(const Variable &variable) const;
  /// The type of what the layer makes: float32 and mixed policies' float16.
  DataType output_type() const;
  /// Adds a node whose one output is a tensor of its name; the type is that of the layer's outputs.
  TensorId add(Operation operation, std::vector<TensorId> reads, std::optional<Shape> shape,
               const std::string &suffix = "") const;
  /// The same of the layer's only input.
  TensorId add(Operation operation, std::optional<Shape> shape) const {
    return add(std::move(operation), {inputs[0]}, std::move(shape));
  }
  /// The same with the layer's `activation` behind it as a node of its own.
  TensorId add_activated(Operation operation, std::vector<TensorId> reads, std::optional<Shape> shape) const;
  /// A layer without a word here, with as many outputs as are read of it.
  std::vector<TensorId> add_other(int outputs) const;

private:
  TensorId add_named(Node node, std::optional<Shape> shape, const std::string &tensor_name) const;
};

/// Adds what a layer is and returns its output.
using LayerFunction = TensorId (*)(const LayerCall &call);
/// Null: a layer without a word here.
LayerFunction find_layer(std::string_view type);
struct LayerRow {
  std::string_view type;
  LayerFunction function;
};
// The tables, a file each.
std::vector<LayerRow> convolution_layers();
std::vector<LayerRow> elementwise_layers();
std::vector<LayerRow> window_layers();
std::vector<LayerRow> shape_layers();

/// An `activation` as steps of an epilogue; none: one without a word here. Its name is `words`.
struct KerasActivationSteps {
  std::string words;
  std::optional<Epilogue> steps;
};
/// Throws Error naming the layer.
KerasActivationSteps activation_steps(const LayerConfig &layer);
/// What an activation is behind a tensor of a shape: steps, softmax over the last axis, or none with the
/// reason.
Operation operation_of_activation(const KerasActivationSteps &activation, const std::optional<Shape> &shape);
/// Of layers that are activations: ReLU, LeakyReLU, ELU.
std::optional<Epilogue> steps_of_activation_layer(const LayerConfig &layer);

} // namespace convforge::models::keras
