#include "models/keras/layer_call.hpp"

#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::keras {
namespace {

constexpr std::size_t most_nodes_of_a_graph = 100000, most_tensors_of_a_graph = 4 * most_nodes_of_a_graph;

/// With a number where the name is taken.
std::string fresh_name(const std::string &name, std::size_t number, std::set<std::string> &taken) {
  std::string fresh = name;
  while (!taken.insert(fresh).second)
    fresh = fmt::format("{}#{}", name, number++);
  return fresh;
}

std::vector<LayerRow> all_layers() {
  std::vector<LayerRow> all;
  for (const auto &table : {convolution_layers(), elementwise_layers(), window_layers(), shape_layers()})
    all.insert(all.end(), table.begin(), table.end());
  std::ranges::sort(all, {}, &LayerRow::type);
  return all;
}

} // namespace

TensorId KerasGraph::add_tensor(Tensor tensor) {
  if (graph_.tensors.size() == most_tensors_of_a_graph)
    fail("layers", fmt::format("{} tensors and more", graph_.tensors.size()), "no more");
  tensor.name = fresh_name(tensor.name, graph_.tensors.size(), tensor_names_);
  graph_.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph_.tensors.size()) - 1;
}

std::string KerasGraph::fresh_node_name(const std::string &name) {
  return fresh_name(name, graph_.nodes.size(), node_names_);
}

void KerasGraph::add_node(Node node) {
  if (graph_.nodes.size() == most_nodes_of_a_graph)
    fail("layers", fmt::format("{} nodes and more", graph_.nodes.size()), "no more");
  require_tensors(node);
  taps_.take(node.operation);
  require_sizes(graph_, node);
  graph_.nodes.push_back(std::move(node));
}

TensorId LayerCall::variable(const Variable &variable) const {
  const auto [found, fresh] = variables->try_emplace({&layer.entry(), variable.place}, no_tensor);
  if (!fresh)
    return found->second;
  const std::string field = fmt::format("{}: {}", layer.words(), variable.names.front());
  std::optional<Tensor> tensor;
  try {
    tensor = weights->read(place, variable);
  } catch (const Error &error) {
    throw Error(fmt::format("{}: {}", field, error.what()));
  }
  if (!tensor)
    fail(field, "missing",
         place.group.empty() ? "one of the layer's weight_names"
                             : fmt::format("{}/vars/{}", place.group, variable.place));
  tensor->name = fmt::format("{}/{}", name, variable.names.front());
  return found->second = graph.add_tensor(std::move(*tensor));
}

DataType LayerCall::output_type() const {
  const std::string dtype = layer.dtype();
  if (dtype == "float32" || dtype == "mixed_float32")
    return DataType::f32;
  if (dtype == "float16" || dtype == "mixed_float16")
    return DataType::f16;
  return dtype == "float64" ? DataType::f64 : DataType::other;
}

TensorId LayerCall::add_named(Node node, std::optional<Shape> shape, const std::string &tensor_name) const {
  constexpr std::int64_t most_of_an_axis = std::int64_t{1} << 40; // so that sums of sizes do not overflow
  if (shape && std::ranges::any_of(*shape, [](std::int64_t size) { return size > most_of_an_axis; }))
    shape.reset();
  node.name = graph.fresh_node_name(node.name);
  const TensorId output = graph.add_tensor({tensor_name, output_type(), std::move(shape), nullptr});
  node.outputs = {output};
  graph.add_node(std::move(node));
  return output;
}

TensorId LayerCall::add(Operation operation, std::vector<TensorId> reads, std::optional<Shape> shape,
                        const std::string &suffix) const {
  return add_named({name + suffix, layer.type(), std::move(operation), std::move(reads), {}},
                   std::move(shape), name + suffix);
}

TensorId LayerCall::add_activated(Operation operation, std::vector<TensorId> reads,
                                  std::optional<Shape> shape) const {
  const KerasActivationSteps activation = activation_steps(layer);
  if (activation.steps && activation.steps->ops().empty())
    return add(std::move(operation), std::move(reads), std::move(shape));
  const TensorId before = add_named({name, layer.type(), std::move(operation), std::move(reads), {}}, shape,
                                    fmt::format("{} before {}", name, activation.words));
  Operation behind = operation_of_activation(activation, shape);
  return add_named(
      {fmt::format("{}/{}", name, activation.words), "activation", std::move(behind), {before}, {}},
      std::move(shape), name);
}

std::vector<TensorId> LayerCall::add_other(int outputs) const {
  constexpr int most_outputs = 1000;
  if (outputs > most_outputs)
    fail(layer.words(), fmt::format("{} outputs", outputs), fmt::format("at most {}", most_outputs));
  Node node{graph.fresh_node_name(name), layer.type(), OtherOperation{}, inputs, {}};
  for (int i = 0; i < outputs; ++i)
    node.outputs.push_back(graph.add_tensor(
        {i == 0 ? name : fmt::format("{}:{}", name, i), output_type(), std::nullopt, nullptr}));
  const std::vector<TensorId> made = node.outputs;
  graph.add_node(std::move(node));
  return made;
}

LayerFunction find_layer(std::string_view type) {
  static const std::vector<LayerRow> layers = all_layers();
  const auto found = std::ranges::lower_bound(layers, type, {}, &LayerRow::type);
  return found != layers.end() && found->type == type ? found->function : nullptr;
}

} // namespace convforge::models::keras
