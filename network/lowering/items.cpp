#include "network/lowering/items.hpp"

#include "network/at.hpp"

#include <algorithm>

namespace convforge::network {
namespace {

using models::TensorId;

} // namespace

Items::Items(const models::Graph &graph, const models::FoldedModel &model) : graph_(graph), model_(model) {
  const std::vector<int> makers = models::makers_of_tensors(graph);
  std::vector<Item> by_node(graph.nodes.size());
  for (const int node : model.glue)
    by_node[at(node)].node = node;
  for (std::size_t i = 0; i < model.convolutions.size(); ++i)
    by_node[at(makers[at(model.convolutions[i].output)])] = {.convolution = static_cast<int>(i)};
  std::ranges::copy_if(by_node, std::back_inserter(items_),
                       [](const Item &item) { return item.is_kernel() || item.node >= 0; });
  keep_needed();
  makers_.assign(graph.tensors.size(), -1);
  readers_.assign(graph.tensors.size(), 0);
  for (std::size_t i = 0; i < items_.size(); ++i) {
    for (const TensorId id : writes(items_[i]))
      makers_[at(id)] = static_cast<int>(i);
    for (const TensorId id : reads(items_[i]))
      ++readers_[at(id)];
  }
}

/// Readers come behind makers: from the end on, an item is needed where what it writes is.
void Items::keep_needed() {
  std::vector<bool> needed(graph_.tensors.size());
  for (const TensorId id : graph_.outputs)
    if (id != models::no_tensor)
      needed[at(id)] = true;
  std::vector<Item> kept;
  for (std::size_t i = items_.size(); i-- > 0;) {
    if (std::ranges::none_of(writes(items_[i]), [&](TensorId id) { return needed[at(id)]; }))
      continue;
    for (const TensorId id : reads(items_[i]))
      needed[at(id)] = true;
    kept.push_back(items_[i]);
  }
  std::ranges::reverse(kept);
  items_ = std::move(kept);
}

std::vector<TensorId> Items::reads(const Item &item) const {
  std::vector<TensorId> tensors;
  if (item.is_kernel()) {
    const models::FoldedConvolution &convolution = model_.convolutions[at(item.convolution)];
    tensors.push_back(convolution.input);
    for (const auto &[name, id] : convolution.residuals)
      tensors.push_back(id);
    return tensors;
  }
  for (const TensorId id : graph_.nodes[at(item.node)].inputs)
    if (id != models::no_tensor && !graph_.tensor(id).constant())
      tensors.push_back(id);
  return tensors;
}

std::vector<TensorId> Items::writes(const Item &item) const {
  if (item.is_kernel())
    return {model_.convolutions[at(item.convolution)].output};
  std::vector<TensorId> tensors;
  for (const TensorId id : graph_.nodes[at(item.node)].outputs)
    if (id != models::no_tensor && !graph_.tensor(id).constant())
      tensors.push_back(id);
  return tensors;
}

bool Items::is_output(TensorId id) const {
  return std::ranges::find(graph_.outputs, id) != graph_.outputs.end();
}

} // namespace convforge::network
