// Layers of Keras that move elements, and Dense.
#include "models/keras/layer_call.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace convforge::models::keras {
namespace {

/// Of all sizes but the batch's; none where one is open or there are too many.
std::optional<std::int64_t> elements_behind_batch(const std::optional<Shape> &shape) {
  if (!shape || shape->empty())
    return std::nullopt;
  const std::span<const std::int64_t> rest = std::span(*shape).subspan(1);
  try {
    return all_known(rest) ? std::optional(elements_of(rest)) : std::nullopt;
  } catch (const Error &) {
    return std::nullopt;
  }
}

TensorId flatten_layer(const LayerCall &call) {
  const auto elements = elements_behind_batch(call.input().shape);
  return call.add(OtherOperation{},
                  elements ? std::optional(Shape{call.input().sizes()[0], *elements}) : std::nullopt);
}

/// One size may be -1: what is left.
TensorId reshape_layer(const LayerCall &call) {
  const auto elements = elements_behind_batch(call.input().shape);
  const std::vector<int> target = call.layer.integers("target_shape", -1);
  std::optional<Shape> shape;
  if (elements) {
    shape = Shape{call.input().sizes()[0]};
    std::int64_t known = 1;
    for (const int size : target) {
      shape->push_back(size);
      if (size >= 0) // beyond the elements it does not matter how far
        known = size > 0 && known > *elements / size ? *elements + 1 : known * size;
    }
    const auto open = std::ranges::find(*shape, -1);
    const bool divides = known > 0 && *elements % known == 0;
    if (open != shape->end() && divides)
      *open = *elements / known;
    if (!all_known(*shape) || (open == shape->end() && known != *elements))
      shape.reset();
  }
  return call.add(OtherOperation{}, std::move(shape));
}

/// `dims`: the axes behind the batch, from 1 on.
TensorId permute_layer(const LayerCall &call) {
  std::optional<Shape> shape = call.input().shape;
  const std::vector<int> axes = call.layer.integers("dims", 1);
  if (!shape || shape->size() != axes.size() + 1)
    return call.add(OtherOperation{}, std::nullopt);
  const Shape before = *shape;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] < 1 || static_cast<std::size_t>(axes[i]) >= before.size())
      return call.add(OtherOperation{}, std::nullopt);
    (*shape)[i + 1] = before[static_cast<std::size_t>(axes[i])];
  }
  return call.add(OtherOperation{}, std::move(shape));
}

/// Shapes that are the same but for the axis, whose sizes are added up.
std::optional<Shape> concatenated(const LayerCall &call) {
  std::optional<Shape> all = call.input().shape;
  if (!all)
    return std::nullopt;
  const auto rank = static_cast<std::int64_t>(all->size());
  std::int64_t axis = call.layer.integer("axis", -1);
  axis += axis < 0 ? rank : 0;
  if (axis < 0 || axis >= rank)
    return std::nullopt;
  std::int64_t &sum = (*all)[static_cast<std::size_t>(axis)];
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    std::optional<Shape> next = call.input(i).shape;
    if (!next || next->size() != all->size())
      return std::nullopt;
    std::int64_t &own = (*next)[static_cast<std::size_t>(axis)];
    if (own < 0 || sum < 0)
      return std::nullopt;
    sum += own, own = sum;
    if (*next != *all)
      return std::nullopt;
  }
  return all;
}

TensorId concatenate_layer(const LayerCall &call) {
  return call.add(OtherOperation{}, call.inputs, concatenated(call));
}

TensorId dense_layer(const LayerCall &call) {
  std::vector<TensorId> reads{call.inputs[0], call.variable({0, {"kernel"}})};
  if (call.layer.flag("use_bias", true))
    reads.push_back(call.variable({1, {"bias"}}));
  std::optional<Shape> shape = call.input().shape;
  if (shape && !shape->empty())
    shape->back() = std::max<std::int64_t>(call.layer.integer("units", 0), 0);
  return call.add_activated(OtherOperation{}, std::move(reads), std::move(shape));
}

} // namespace

std::vector<LayerRow> shape_layers() {
  return {{"Concatenate", concatenate_layer},
          {"Dense", dense_layer},
          {"Flatten", flatten_layer},
          {"Permute", permute_layer},
          {"Reshape", reshape_layer}};
}

} // namespace convforge::models::keras
