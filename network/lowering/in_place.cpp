#include "network/lowering/in_place.hpp"

#include "network/at.hpp"

#include <algorithm>

namespace convforge::network {
namespace {

using models::Graph;
using models::TensorId;

/// Do calls write it, so that they may write it anywhere?
bool written_by_call(const Graph &graph, const Items &items, TensorId id) {
  const int maker = items.maker(id);
  if (maker < 0 || items.is_output(id))
    return false;
  const Item &item = items.all()[at(maker)];
  if (item.is_kernel())
    return true;
  const models::Operation &operation = graph.nodes[at(item.node)].operation;
  return !is_view(operation);
}

} // namespace

std::vector<PartOf> parts_in_place(const Graph &graph, const Items &items, const std::vector<Order> &orders) {
  std::vector<PartOf> parts(graph.tensors.size());
  for (const Item &item : items.all()) {
    const auto *concatenation =
        item.is_kernel() ? nullptr
                         : std::get_if<models::Concatenation>(&graph.nodes[at(item.node)].operation);
    if (!concatenation)
      continue;
    const models::Node &node = graph.nodes[at(item.node)];
    const TensorId whole = node.outputs[0];
    std::int64_t begin = 0;
    for (const TensorId id : node.inputs) {
      if (std::ranges::count(node.inputs, id) == 1 && parts[at(id)].whole == models::no_tensor &&
          !graph.tensor(id).constant() && written_by_call(graph, items, id) &&
          orders[at(id)] == orders[at(whole)])
        parts[at(id)] = {whole, concatenation->axis, begin};
      begin += graph.tensor(id).sizes()[concatenation->axis];
    }
  }
  return parts;
}

} // namespace convforge::network
