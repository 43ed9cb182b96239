// What the reference of networks computes with: tensors in float64, and walks over their places.
#pragma once

#include "models/graph.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace convforge::network::reference {

/// Row-major.
struct Value {
  models::Shape shape;
  std::vector<double> elements;
};

/// All zero.
inline Value value_of(models::Shape shape) {
  const auto count = static_cast<std::size_t>(models::elements_of(shape));
  return {std::move(shape), std::vector<double>(count)};
}

/// The distances between neighbours of a dense tensor.
inline models::Shape dense_strides(std::span<const std::int64_t> shape) {
  models::Shape strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

/// Calls visit(place, number) for every place of a shape in row-major order, with its number.
template <typename Visit>
void for_each_place(const models::Shape &shape, const Visit &visit) {
  const std::int64_t count = models::elements_of(shape);
  models::Shape place(shape.size());
  for (std::int64_t number = 0; number < count; ++number) {
    visit(place, static_cast<std::size_t>(number));
    for (std::size_t i = shape.size(); i-- > 0 && ++place[i] == shape[i];)
      place[i] = 0;
  }
}

/// The larger one (of `maximum`) or the smaller one; NaN where either is.
inline double extreme(double a, double b, bool maximum) {
  if (std::isnan(a) || std::isnan(b))
    return std::nan("");
  return maximum ? std::max(a, b) : std::min(a, b);
}

/// A node's operation, with the values that it reads; null: an input that it leaves out.
struct Call {
  const models::Graph &graph;
  const models::Node &node;
  std::vector<const Value *> inputs;

  /// Throws Error where there is none.
  const Value &input(std::size_t number = 0) const;
  /// The shape of an output. Throws Error unless all sizes are known.
  const models::Shape &shape(std::size_t number = 0) const;
};

} // namespace convforge::network::reference
