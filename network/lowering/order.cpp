#include "network/lowering/order.hpp"

#include <algorithm>
#include <numeric>

namespace convforge::network {
namespace {

using models::Graph;
using models::Node;
using models::TensorId;

/// Axis i of a transposed tensor is axis order[i] of what it is made of.
Order transposed(const Order &from, const std::vector<std::size_t> &order) {
  Order result;
  for (const std::size_t axis : from)
    result.push_back(static_cast<std::size_t>(std::ranges::find(order, axis) - order.begin()));
  return result;
}

/// What is left when axes are taken out.
Order without(const Order &order, const std::vector<std::size_t> &axes) {
  Order result;
  for (const std::size_t axis : order)
    if (std::ranges::find(axes, axis) == axes.end())
      result.push_back(axis - static_cast<std::size_t>(std::ranges::count_if(
                                  axes, [&](std::size_t gone) { return gone < axis; })));
  return result;
}

/// The largest tensor that a node reads decides: the others are broadcast, or as large. None has the rank:
/// no_tensor.
TensorId leading_input(const Graph &graph, const Node &node, std::size_t rank) {
  TensorId best = models::no_tensor;
  std::int64_t most = -1;
  for (const TensorId id : node.inputs) {
    if (id == models::no_tensor || !graph.tensor(id).known() || graph.tensor(id).sizes().size() != rank)
      continue;
    const std::int64_t elements =
        graph.tensor(id).constant() ? 0 : models::elements_of(graph.tensor(id).sizes());
    if (elements > most)
      best = id, most = elements;
  }
  return best;
}

Order order_of_output(const Graph &graph, const Node &node, std::size_t rank,
                      const std::vector<Order> &orders) {
  const auto of_input = [&](TensorId id) -> const Order & { return orders[static_cast<std::size_t>(id)]; };
  if (std::holds_alternative<models::Reshape>(node.operation))
    return row_major(rank);
  if (const auto *transposition = std::get_if<models::Transposition>(&node.operation))
    return transposed(of_input(node.inputs[0]), transposition->order);
  if (const auto *reduction = std::get_if<models::Reduction>(&node.operation))
    if (const Order &whole = of_input(node.inputs[0]); whole.size() != rank)
      return without(whole, reduction->axes);
  const TensorId leading = leading_input(graph, node, rank);
  return leading == models::no_tensor ? row_major(rank) : of_input(leading);
}

/// Calls write what the caller gets as the caller wants it; kernels and views have no choice.
bool writes_row_major(const Graph &graph, const Items &items, const Item &item, TensorId id) {
  return !item.is_kernel() && items.is_output(id) &&
         !is_view(graph.nodes[static_cast<std::size_t>(item.node)].operation);
}

} // namespace

bool is_view(const models::Operation &operation) {
  return std::holds_alternative<models::Reshape>(operation) ||
         std::holds_alternative<models::Transposition>(operation) ||
         std::holds_alternative<models::Slice>(operation) ||
         std::holds_alternative<models::Split>(operation) ||
         std::holds_alternative<models::Expansion>(operation);
}

Order row_major(std::size_t rank) {
  Order order(rank);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

Order channels_last(std::size_t rank) {
  Order order = row_major(rank);
  if (rank > 2)
    std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  return order;
}

models::Shape dense_strides(const models::Shape &sizes, const Order &order) {
  models::Shape strides(sizes.size());
  std::int64_t next = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    strides[order[i]] = next;
    next *= sizes[order[i]];
  }
  return strides;
}

bool is_dense(const models::Shape &sizes, const models::Shape &strides, const Order &order) {
  const models::Shape dense = dense_strides(sizes, order);
  for (std::size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] > 1 && strides[i] != dense[i])
      return false;
  return true;
}

Order order_of_kernel(const Problem &of_model, Layout layout, std::size_t rank) {
  return of_model.layout == Layout::nchw && layout == Layout::nhwc ? channels_last(rank) : row_major(rank);
}

std::vector<Order> orders_of(const Graph &graph, const models::FoldedModel &model, const Items &items,
                             Layout layout) {
  std::vector<Order> orders;
  for (const models::Tensor &tensor : graph.tensors)
    orders.push_back(row_major(tensor.sizes().size()));
  for (const Item &item : items.all())
    for (const TensorId id : items.writes(item)) {
      const std::size_t rank = graph.tensor(id).sizes().size();
      Order &order = orders[static_cast<std::size_t>(id)];
      if (item.is_kernel())
        order = order_of_kernel(model.convolutions[static_cast<std::size_t>(item.convolution)].problem,
                                layout, rank);
      else if (!writes_row_major(graph, items, item, id))
        order = order_of_output(graph, graph.nodes[static_cast<std::size_t>(item.node)], rank, orders);
    }
  return orders;
}

} // namespace convforge::network
