// In which order a tensor's axes lie in memory.
#pragma once

#include "network/lowering/items.hpp"

#include <cstddef>
#include <vector>

namespace convforge::network {

/// Does a node give its input's elements another shape or order, or part of them, and make none?
bool is_view(const models::Operation &operation);

/// Axes from the outermost to the innermost.
using Order = std::vector<std::size_t>;

Order row_major(std::size_t rank);
/// Of N, C, ...: channels innermost.
Order channels_last(std::size_t rank);
/// Of dense elements that lie in this order.
models::Shape dense_strides(const models::Shape &sizes, const Order &order);
/// Do elements lie one after another in this order? Strides along a single element mean nothing.
bool is_dense(const models::Shape &sizes, const models::Shape &strides, const Order &order);

/// The order of a convolution's tensors where its kernel has this layout, whatever the model's is.
Order order_of_kernel(const Problem &of_model, Layout layout, std::size_t rank);
/// The order of every tensor, by what makes it: a kernel's output lies as the kernel's layout says, an
/// operation's as what it reads. What the caller has, and constants, are row-major.
std::vector<Order> orders_of(const models::Graph &graph, const models::FoldedModel &model, const Items &items,
                             Layout layout);

} // namespace convforge::network
