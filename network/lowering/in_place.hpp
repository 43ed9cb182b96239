// Concatenations that nobody computes: their inputs are written where they belong.
#pragma once

#include "network/lowering/order.hpp"

#include <vector>

namespace convforge::network {

/// Where in another tensor one lies.
struct PartOf {
  models::TensorId whole = models::no_tensor; ///< no_tensor: it has memory of its own
  std::size_t axis = 0;
  std::int64_t begin = 0;
};

/// By tensor. A tensor is part of one concatenation at most: of what is made by a call, no output of the
/// network and laid out as the whole is.
std::vector<PartOf> parts_in_place(const models::Graph &graph, const Items &items,
                                   const std::vector<Order> &orders);

} // namespace convforge::network
