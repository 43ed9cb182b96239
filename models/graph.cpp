#include "models/graph.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace convforge::models {
namespace {

/// How many of its inputs an operation looks at without asking.
struct NeededInputs {
  std::size_t operator()(const Convolution &convolution) const { return convolution.problem ? 2 : 0; }
  std::size_t operator()(const Elementwise &) const { return 1; }
  std::size_t operator()(const Arithmetic &) const { return 2; }
  std::size_t operator()(const UnaryFunction &) const { return 1; }
  std::size_t operator()(const Selection &) const { return 3; }
  std::size_t operator()(const Prelu &) const { return 2; }
  std::size_t operator()(const BatchNormalization &) const { return 5; }
  std::size_t operator()(const Pad &) const { return 1; }
  std::size_t operator()(const WindowPooling &) const { return 1; }
  std::size_t operator()(const Reduction &) const { return 1; }
  std::size_t operator()(const Concatenation &) const { return 1; }
  std::size_t operator()(const Split &) const { return 1; }
  std::size_t operator()(const Slice &) const { return 1; }
  std::size_t operator()(const Transposition &) const { return 1; }
  std::size_t operator()(const Reshape &) const { return 1; }
  std::size_t operator()(const Expansion &) const { return 1; }
  std::size_t operator()(const Resampling &) const { return 1; }
  std::size_t operator()(const DepthToSpace &) const { return 1; }
  std::size_t operator()(const Softmax &) const { return 1; }
  std::size_t operator()(const Quantize &) const { return 1; }
  std::size_t operator()(const Dequantize &) const { return 1; }
  std::size_t operator()(const Requantize &) const { return 1; }
  std::size_t operator()(const QuantisedArithmetic &) const { return 2; }
  std::size_t operator()(const Quantised &) const { return 1; }
  std::size_t operator()(const QuantisedConcatenation &operation) const { return operation.parts.size(); }
  std::size_t operator()(const Nested &) const { return 0; }
  std::size_t operator()(const OtherOperation &) const { return 0; }
};

bool has_tensors(const Node &node) {
  if (std::holds_alternative<OtherOperation>(node.operation) ||
      std::holds_alternative<Nested>(node.operation))
    return true;
  const std::size_t needed = std::visit(NeededInputs{}, node.operation);
  return node.inputs.size() >= needed && !node.outputs.empty() && node.outputs[0] != no_tensor &&
         std::ranges::count(node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(needed),
                            no_tensor) == 0;
}

} // namespace

void require_tensors(Node &node) {
  if (has_tensors(node))
    return;
  if (std::holds_alternative<Convolution>(node.operation))
    node.operation = Convolution{std::nullopt, "no output, or inputs that are left out"};
  else
    node.operation = OtherOperation{};
}

void check_order(const Graph &graph) {
  const std::vector<int> last_makers = makers_of_tensors(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node &node = graph.nodes[n];
    for (const TensorId id : node.outputs)
      if (id != no_tensor && last_makers[static_cast<std::size_t>(id)] != static_cast<int>(n))
        fail(node.type + " '" + node.name + "'", "makes '" + graph.tensor(id).name + "'",
             "a tensor that no other node makes");
    for (const TensorId id : node.inputs)
      if (id != no_tensor && last_makers[static_cast<std::size_t>(id)] >= static_cast<int>(n))
        fail(node.type + " '" + node.name + "'", "reads '" + graph.tensor(id).name + "'",
             "a tensor that is made before it");
  }
}

std::vector<std::vector<int>> readers_of_tensors(const Graph &graph) {
  std::vector<std::vector<int>> readers(graph.tensors.size());
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    for (const TensorId id : graph.nodes[n].inputs)
      if (id != no_tensor) {
        std::vector<int> &list = readers[static_cast<std::size_t>(id)];
        if (list.empty() || list.back() != static_cast<int>(n))
          list.push_back(static_cast<int>(n));
      }
  return readers;
}

std::vector<int> makers_of_tensors(const Graph &graph) {
  std::vector<int> makers(graph.tensors.size(), -1);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    for (const TensorId id : graph.nodes[n].outputs)
      if (id != no_tensor)
        makers[static_cast<std::size_t>(id)] = static_cast<int>(n);
  return makers;
}

std::int64_t parameters_of(const Graph &graph, const Node &node) {
  std::int64_t sum = 0;
  const auto *convolution = std::get_if<Convolution>(&node.operation);
  const bool integers = convolution && convolution->problem; // are parameters, too: of others they are axes
  for (const TensorId id : node.inputs)
    if (id != no_tensor && graph.tensor(id).constant() && (integers || is_floating(graph.tensor(id).type)))
      sum += elements_of(graph.tensor(id).sizes());
  return sum;
}

} // namespace convforge::models
