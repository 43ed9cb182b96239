#include "network/lowering/view.hpp"

#include <algorithm>
#include <functional>

namespace convforge::network {

View dense_view(int buffer, const models::Shape &sizes, const Order &order) {
  return {buffer, 0, sizes, dense_strides(sizes, order)};
}

View part_of(View view, std::size_t axis, std::int64_t begin, std::int64_t count, std::int64_t step) {
  view.offset += begin * view.strides[axis];
  view.sizes[axis] = count;
  view.strides[axis] *= step;
  return view;
}

View transposed(const View &view, const std::vector<std::size_t> &order) {
  View result{view.buffer, view.offset, {}, {}};
  for (const std::size_t axis : order) {
    result.sizes.push_back(view.sizes[axis]);
    result.strides.push_back(view.strides[axis]);
  }
  return result;
}

View broadcast(const View &view, const models::Shape &sizes) {
  View result{view.buffer, view.offset, sizes, models::Shape(sizes.size())};
  const std::size_t ahead = sizes.size() - view.sizes.size();
  for (std::size_t i = 0; i < view.sizes.size(); ++i)
    if (view.sizes[i] > 1)
      result.strides[ahead + i] = view.strides[i];
  return result;
}

std::optional<View> reshaped(const View &view, const models::Shape &sizes) {
  if (!is_dense(view.sizes, view.strides, row_major(view.sizes.size())))
    return std::nullopt;
  return View{view.buffer, view.offset, sizes, dense_strides(sizes, row_major(sizes.size()))};
}

Order order_in_memory(const View &view) {
  Order order = row_major(view.sizes.size());
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t axis) { return view.strides[axis]; });
  return order;
}

} // namespace convforge::network
