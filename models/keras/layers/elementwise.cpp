// Layers of Keras that compute element by element.
#include "models/keras/layer_call.hpp"

#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>

namespace convforge::models::keras {
namespace {

using ArithmeticKind = Arithmetic::Kind;

/// At inference.
TensorId identity_layer(const LayerCall &call) {
  return call.add(Elementwise{}, call.input().shape);
}

TensorId same_shape_layer(const LayerCall &call) {
  return call.add(OtherOperation{}, call.input().shape);
}

TensorId steps_or_other(const LayerCall &call, const std::optional<Epilogue> &steps) {
  return steps ? call.add(Elementwise{*steps}, call.input().shape) : same_shape_layer(call);
}

TensorId activation_layer(const LayerCall &call) {
  const std::optional<Shape> &shape = call.input().shape;
  return call.add(operation_of_activation(activation_steps(call.layer), shape), shape);
}

TensorId activating_layer(const LayerCall &call) {
  return steps_or_other(call, steps_of_activation_layer(call.layer));
}

TensorId prelu_layer(const LayerCall &call) {
  const TensorId slopes = call.variable({0, {"alpha"}});
  return call.add(Prelu{}, {call.inputs[0], slopes}, call.input().shape);
}

/// x scale + offset; of lists, one a channel, a step of its own.
TensorId rescaling_layer(const LayerCall &call) {
  const Json *scale = call.layer.find("scale"), *offset = call.layer.find("offset");
  if ((scale && !scale->is_number()) || (offset && !offset->is_number()))
    return same_shape_layer(call);
  const auto digits = [&](const char *argument, double otherwise) {
    return fmt::format("{}", static_cast<float>(call.layer.number(argument, otherwise)));
  };
  try {
    return steps_or_other(
        call, Epilogue::parse(fmt::format("affine:{}:{}", digits("scale", 1), digits("offset", 0))));
  } catch (const Error &) {
    return same_shape_layer(call); // of infinite numbers
  }
}

/// An axis counted from the front; a list of one, too.
std::optional<std::size_t> axis_argument(const LayerCall &call, std::size_t rank) {
  const std::vector<int> axes = call.layer.integers("axis", -1);
  const auto size = static_cast<int>(rank);
  if (axes.size() != 1 || axes[0] < -size || axes[0] >= size)
    return std::nullopt;
  return static_cast<std::size_t>(axes[0] < 0 ? axes[0] + size : axes[0]);
}

/// Over one axis; a second input is a mask.
TensorId softmax_layer(const LayerCall &call) {
  const std::optional<Shape> &shape = call.input().shape;
  return call.add(operation_or_refusal([&]() -> Operation {
                    const auto axis = shape ? axis_argument(call, shape->size()) : std::nullopt;
                    if (call.inputs.size() != 1)
                      refuse("inputs", std::to_string(call.inputs.size()), "1, no mask");
                    if (const std::vector<int> axes = call.layer.integers("axis", -1); !axis)
                      refuse("axis", fmt::format("{}", fmt::join(axes, ",")),
                             fmt::format("one axis of {}", shape ? text_of_shape(*shape) : "no shape"));
                    return Softmax{*axis};
                  }),
                  shape);
}

/// Made once, as variables are, whose place no other variable has.
TensorId constant_by_channel(const LayerCall &call, const char *name, std::int64_t channels, double value) {
  constexpr std::int64_t most = 1 << 20;
  if (channels > most)
    fail(call.layer.words(), fmt::format("{} channels", channels), fmt::format("at most {}", most));
  const std::size_t place = std::numeric_limits<std::size_t>::max() - static_cast<std::size_t>(value);
  const auto [made, fresh] = call.variables->try_emplace({&call.layer.entry(), place}, no_tensor);
  if (!fresh && call.graph.tensor(made->second).sizes() == Shape{channels})
    return made->second;
  if (!fresh)
    fail(call.layer.words(), fmt::format("{} channels", channels), "as many as it had before");
  const std::vector<double> values(static_cast<std::size_t>(channels), value);
  return made->second = call.graph.add_tensor({fmt::format("{}/{}", call.name, name), DataType::f32,
                                               Shape{channels}, data_of(DataType::f32, values)});
}

/// Scale and offset are there unless the layer says that they are not.
TensorId normalization_layer(const LayerCall &call) {
  const std::optional<Shape> shape = call.input().shape;
  const auto axis = shape ? axis_argument(call, shape->size()) : std::nullopt;
  if (!axis || (*shape)[*axis] < 0)
    return same_shape_layer(call);
  const std::int64_t channels = (*shape)[*axis];
  std::size_t place = 0;
  std::vector<TensorId> reads{call.inputs[0]};
  const auto read = [&](const char *name) {
    reads.push_back(call.variable({place++, {name}}));
    if (const Tensor &tensor = call.graph.tensor(reads.back()); tensor.sizes() != Shape{channels})
      fail(fmt::format("{}: {}", call.layer.words(), name), text_of_shape(tensor.sizes()),
           fmt::format("{}, one a channel", channels));
  };
  const auto read_or = [&](bool there, const char *name, double otherwise) {
    if (there)
      read(name);
    else
      reads.push_back(constant_by_channel(call, name, channels, otherwise));
  };
  read_or(call.layer.flag("scale", true), "gamma", 1);
  read_or(call.layer.flag("center", true), "beta", 0);
  read("moving_mean"), read("moving_variance");
  return call.add(BatchNormalization{call.layer.number("epsilon", 1e-3), *axis}, std::move(reads), shape);
}

/// Of the first tensors, which have as many axes: Keras moves axes of others before it broadcasts.
std::optional<Shape> broadcast_shape(const LayerCall &call, std::size_t tensors) {
  std::optional<Shape> all = call.input().shape;
  for (std::size_t i = 1; all && i < tensors; ++i) {
    const std::optional<Shape> &next = call.input(i).shape;
    if (!next || next->size() != all->size())
      return std::nullopt;
    for (std::size_t axis = 0; axis < all->size(); ++axis) {
      std::int64_t &size = (*all)[axis];
      const std::int64_t other = (*next)[axis];
      if (size != other && size != 1 && other != 1)
        return std::nullopt;
      size = size == 1 ? other : size;
    }
  }
  return all;
}

/// Why the inputs of a layer are not merged: "" if they are.
std::string refusal_of_merging(const LayerCall &call, const std::optional<Shape> &shape) {
  if (call.inputs.size() < 2)
    return fmt::format("inputs={} (expected 2 or more)", call.inputs.size());
  return shape ? "" : "inputs=of other shapes (expected tensors of as many axes that are broadcast)";
}

/// All but the last one, of more than two a chain.
TensorId merged_but_last(const LayerCall &call, ArithmeticKind kind) {
  TensorId sum = call.inputs[0];
  for (std::size_t i = 1; i + 1 < call.inputs.size(); ++i)
    sum = call.add(Arithmetic{kind}, {sum, call.inputs[i]}, broadcast_shape(call, i + 1),
                   fmt::format("/{}", i));
  return sum;
}

template <ArithmeticKind Kind>
TensorId merging_layer(const LayerCall &call) {
  const std::optional<Shape> shape = broadcast_shape(call, call.inputs.size());
  if (const std::string refusal = refusal_of_merging(call, shape); !refusal.empty())
    return call.add(OtherOperation{refusal}, call.inputs, shape);
  return call.add(Arithmetic{Kind}, {merged_but_last(call, Kind), call.inputs.back()}, shape);
}

/// The sum, and its share.
TensorId average_layer(const LayerCall &call) {
  const std::optional<Shape> shape = broadcast_shape(call, call.inputs.size());
  if (const std::string refusal = refusal_of_merging(call, shape); !refusal.empty())
    return call.add(OtherOperation{refusal}, call.inputs, shape);
  const TensorId sum =
      call.add(Arithmetic{ArithmeticKind::add},
               {merged_but_last(call, ArithmeticKind::add), call.inputs.back()}, shape, "/sum");
  const float share = 1 / static_cast<float>(call.inputs.size());
  return call.add(Elementwise{Epilogue::parse(fmt::format("affine:{}:0", share))}, {sum}, shape);
}

} // namespace

std::vector<LayerRow> elementwise_layers() {
  return {{"Activation", activation_layer},
          {"ActivityRegularization", identity_layer},
          {"Add", merging_layer<ArithmeticKind::add>},
          {"AlphaDropout", identity_layer},
          {"Average", average_layer},
          {"BatchNormalization", normalization_layer},
          {"Dropout", identity_layer},
          {"ELU", activating_layer},
          {"GaussianDropout", identity_layer},
          {"GaussianNoise", identity_layer},
          {"GroupNormalization", same_shape_layer},
          {"LayerNormalization", same_shape_layer},
          {"LeakyReLU", activating_layer},
          {"Maximum", merging_layer<ArithmeticKind::maximum>},
          {"Minimum", merging_layer<ArithmeticKind::minimum>},
          {"Multiply", merging_layer<ArithmeticKind::multiply>},
          {"Normalization", same_shape_layer},
          {"PReLU", prelu_layer},
          {"ReLU", activating_layer},
          {"Rescaling", rescaling_layer},
          {"Softmax", softmax_layer},
          {"SpatialDropout1D", identity_layer},
          {"SpatialDropout2D", identity_layer},
          {"SpatialDropout3D", identity_layer},
          {"Subtract", merging_layer<ArithmeticKind::subtract>},
          {"UnitNormalization", same_shape_layer}};
}

} // namespace convforge::models::keras
