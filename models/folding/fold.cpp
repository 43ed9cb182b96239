#include "models/folding/fold.hpp"

#include "base/error.hpp"
#include "models/folding/folder.hpp"

#include <algorithm>
#include <ranges>

namespace convforge::models {

/// Of a Pad or a Dequantize that several read each must have taken it.
std::vector<int> glue_of(const Graph &graph, const FoldedModel &model) {
  std::vector<std::size_t> takers(graph.nodes.size());
  for (const FoldedConvolution &convolution : model.convolutions) {
    takers[static_cast<std::size_t>(convolution.node)] = 1;
    for (const int node : convolution.folded)
      ++takers[static_cast<std::size_t>(node)];
  }
  const auto readers = readers_of_tensors(graph);
  const auto needed =
      [&](const Node &node) { // by how many kernels; an output of the model by one that is none
        if (!std::holds_alternative<Pad>(node.operation) &&
            !std::holds_alternative<Dequantize>(node.operation))
          return std::size_t{1};
        return readers[static_cast<std::size_t>(node.outputs[0])].size() +
               static_cast<std::size_t>(std::ranges::count(graph.outputs, node.outputs[0]));
      };
  std::vector<int> glue;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n)
    if (takers[n] == 0 || takers[n] < needed(graph.nodes[n]))
      glue.push_back(static_cast<int>(n));
  return glue;
}

namespace {

/// Convolutions may share their weights; folded ones are their own. Of real models few do.
void check_weights(const FoldedConvolution &convolution, std::size_t &left) {
  std::size_t elements = 0;
  for (const auto &[name, values] : convolution.constants)
    elements += values.size();
  if (convolution.eight_bits)
    elements += convolution.eight_bits->weights.size() + convolution.eight_bits->multipliers.size();
  if (elements > left)
    throw Error("with its weights, those of all convolutions are more than 16 times the model's constants");
  left -= elements;
}

std::size_t elements_of_constants(const Graph &graph) {
  std::size_t elements = 0;
  for (const Tensor &tensor : graph.tensors)
    elements += tensor.constant() ? tensor.data->size() / bytes_of(tensor.type) : 0;
  return elements;
}

} // namespace

FoldedModel fold(const Graph &graph) {
  FoldedModel model;
  std::size_t left = 16 * elements_of_constants(graph) + (1u << 20);
  Folder folder(graph);
  // The last one first: of two that are added, the later one has the other's result.
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    const Node &node = graph.nodes[n];
    if (const auto *nested = std::get_if<Nested>(&node.operation))
      for (const std::string &inside : std::views::reverse(nested->convolutions))
        model.refused.push_back({node.name, node.type, inside + ": branches and loops are not looked into"});
    if (!std::holds_alternative<Convolution>(node.operation))
      continue;
    try {
      FoldedConvolution folded = folder.fold(static_cast<int>(n));
      check_weights(folded, left);
      model.convolutions.push_back(std::move(folded));
    } catch (const Error &error) {
      model.refused.push_back({node.name, node.type, error.what()});
    }
  }
  std::ranges::reverse(model.convolutions);
  std::ranges::reverse(model.refused);
  model.glue = glue_of(graph, model);
  return model;
}

} // namespace convforge::models
