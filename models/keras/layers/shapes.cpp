// Layers of Keras that move elements, and Dense.
#include "models/keras/layer_call.hpp"

#include "models/matrix_product.hpp"
#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

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
  Operation operation = Reshape{};
  if (call.layer.channels_first() && call.input().sizes().size() > 2)
    operation = OtherOperation{"data_format=channels_first (expected channels_last: axes are moved before)"};
  return call.add(std::move(operation),
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
  return call.add(Reshape{}, std::move(shape));
}

/// `dims`: the axes behind the batch, from 1 on.
TensorId permute_layer(const LayerCall &call) {
  std::optional<Shape> shape = call.input().shape;
  const std::vector<int> axes = call.layer.integers("dims", 1);
  if (!shape || shape->size() != axes.size() + 1)
    return call.add(
        OtherOperation{fmt::format("dims={} (expected one for each axis of {})", fmt::join(axes, ","),
                                   shape ? text_of_shape(*shape) : "no shape")},
        std::nullopt);
  const Shape before = *shape;
  Transposition transposition{{0}};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] < 1 || static_cast<std::size_t>(axes[i]) >= before.size())
      return call.add(
          OtherOperation{fmt::format("dims={} (expected 1 to {})", fmt::join(axes, ","), before.size() - 1)},
          std::nullopt);
    (*shape)[i + 1] = before[static_cast<std::size_t>(axes[i])];
    transposition.order.push_back(static_cast<std::size_t>(axes[i]));
  }
  return call.add(std::move(transposition), std::move(shape));
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
  const auto rank = static_cast<std::int64_t>(call.input().sizes().size());
  const std::int64_t axis = call.layer.integer("axis", -1);
  Operation operation = Concatenation{static_cast<std::size_t>(axis < 0 ? axis + rank : axis)};
  if (axis < -rank || axis >= rank)
    operation = OtherOperation{fmt::format("axis={} (expected one of {})", axis, rank)};
  return call.add(std::move(operation), call.inputs, concatenated(call));
}

/// Keras' kernel has the input channels first.
Operation dense_operation(const LayerCall &call, const std::vector<TensorId> &reads) {
  const Tensor &data = call.graph.tensor(reads[0]);
  if (data.type != call.output_type())
    refuse("dtype", call.layer.dtype(), fmt::format("{} as the input has it", name_of(data.type)));
  Convolution product =
      matrix_product(data, call.graph.tensor(reads[1]), WeightsLayout::hwio, reads.size() > 2);
  product.problem->name = call.name;
  if (const Shape channels{product.problem->out_channels};
      reads.size() > 2 && call.graph.tensor(reads[2]).sizes() != channels)
    refuse("bias", text_of_shape(call.graph.tensor(reads[2]).sizes()), text_of_shape(channels));
  return product;
}

TensorId dense_layer(const LayerCall &call) {
  std::vector<TensorId> reads{call.inputs[0], call.variable({0, {"kernel"}})};
  if (call.layer.flag("use_bias", true))
    reads.push_back(call.variable({1, {"bias"}}));
  std::optional<Shape> shape = call.input().shape;
  if (shape && !shape->empty())
    shape->back() = std::max<std::int64_t>(call.layer.integer("units", 0), 0);
  Operation operation = operation_or_refusal([&] { return dense_operation(call, reads); });
  return call.add_activated(std::move(operation), std::move(reads), std::move(shape));
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
