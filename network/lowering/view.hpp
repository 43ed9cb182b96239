// Parts and other shapes of tensors that share their elements with them.
#pragma once

#include "network/lowering/order.hpp"
#include "network/network_program.hpp"

#include <optional>

namespace convforge::network {

/// All of a buffer from an element on, dense in this order.
View dense_view(int buffer, const models::Shape &sizes, const Order &order);
/// `count` elements of an axis from `begin` on, `step` apart.
View part_of(View view, std::size_t axis, std::int64_t begin, std::int64_t count, std::int64_t step = 1);
/// Axis i is axis order[i] of the view.
View transposed(const View &view, const std::vector<std::size_t> &order);
/// Broadcast to these sizes by NumPy's rule.
View broadcast(const View &view, const models::Shape &sizes);
/// The same elements, row-major, in another shape; none where they do not lie so.
std::optional<View> reshaped(const View &view, const models::Shape &sizes);
/// The axes of a view from the outermost to the innermost.
Order order_in_memory(const View &view);
inline Place place_of(const View &view) {
  return {view.buffer, view.offset};
}

} // namespace convforge::network
