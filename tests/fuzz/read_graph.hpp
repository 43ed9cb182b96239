// What must hold of every graph that a reader of models makes.
#pragma once

#include "fuzz/fuzz_target.hpp"
#include "models/folding/fold.hpp"
#include "models/folding/trailing_pool.hpp"
#include "models/manifest.hpp"
#include "models/refusal.hpp"

#include <algorithm>

namespace convforge::fuzz {

inline void check_tensor(const models::Tensor &tensor) {
  if (tensor.constant())
    require(tensor.known() &&
                tensor.data->size() == static_cast<std::size_t>(models::elements_of(tensor.sizes())) *
                                           models::bytes_of(tensor.type),
            "a constant has its elements");
}

inline void check_node(const models::Graph &graph, const models::Node &node) {
  require(!node.name.empty(), "a node has a name");
  for (const auto *list : {&node.inputs, &node.outputs})
    for (const models::TensorId id : *list)
      require(id >= models::no_tensor && id < static_cast<models::TensorId>(graph.tensors.size()),
              "a node has tensors that are there");
  models::Node again = node;
  models::require_sizes(graph, again);
  require(again.operation.index() == node.operation.index(), "an operation agrees with its tensors' sizes");
  if (const auto *resampling = std::get_if<models::Resampling>(&node.operation))
    for (const models::Resampling::Axis &axis : resampling->axes)
      require(std::ranges::all_of(axis.index, [size = graph.tensor(node.inputs[0]).sizes()[axis.axis]](
                                                  std::int32_t i) { return i >= 0 && i < size; }) &&
                  (axis.weight.empty() || axis.weight.size() == axis.index.size()),
              "taps are elements of their axis");
}

/// How many convolutions it has, those inside of nodes, too.
inline std::size_t convolutions_of(const models::Graph &graph) {
  std::size_t count = 0;
  for (const models::Node &node : graph.nodes) {
    count += std::holds_alternative<models::Convolution>(node.operation) ? 1 : 0;
    if (const auto *nested = std::get_if<models::Nested>(&node.operation))
      count += nested->convolutions.size();
  }
  return count;
}

/// What is packed has the problem's sizes.
inline void check_integers(const models::FoldedConvolution &convolution) {
  const Problem &problem = convolution.problem;
  require(problem.types.quantised() == convolution.eight_bits.has_value(), "a kernel of integers has them");
  if (!convolution.eight_bits)
    return;
  const auto &[weights, multipliers, bias] = *convolution.eight_bits;
  const auto channels = static_cast<std::size_t>(problem.out_channels);
  require(weights.size() == static_cast<std::size_t>(models::elements_of(problem.weights_shape())) &&
              multipliers.size() == (problem.types.destination == ElementType::s32 ? 0 : channels) &&
              bias.size() == (problem.epilogue.count(EpilogueOp::Kind::bias) > 0 ? channels : 0),
          "a kernel of integers has its constants");
}

inline void check_graph(const models::Graph &graph) {
  std::ranges::for_each(graph.tensors, check_tensor);
  for (const models::Node &node : graph.nodes)
    check_node(graph, node);
  require(succeeds([&] { models::check_order(graph); }), "nodes are in order");
  models::FoldedModel folded = models::fold(graph);
  require(folded.convolutions.size() + folded.refused.size() == convolutions_of(graph),
          "every convolution is taken or refused");
  models::take_pools(models::trailing_pools(graph, folded), graph, folded);
  for (const models::FoldedConvolution &convolution : folded.convolutions)
    require(!refusal([&] { convolution.problem.validate(); }).size(), "a kernel has a valid problem");
  std::ranges::for_each(folded.convolutions, check_integers);
  for (const models::RefusedConvolution &refused : folded.refused)
    require(!refused.reason.empty(), "a refusal has a reason");
  const std::vector<Member> files = models::import_files(graph, folded, "model");
  require(files.back().first == "manifest.json", "an import has a manifest");
}

} // namespace convforge::fuzz
