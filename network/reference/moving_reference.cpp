// Of reference_operations.hpp: what moves elements, or sums a few of them.
#include "base/error.hpp"
#include "network/reference/reference_operations.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace convforge::network::reference {
namespace {

/// Each element of an output is the input's at the place that from(place) answers.
template <typename From>
Value moved(const models::Shape &shape, const Value &input, const From &from) {
  Value result = value_of(shape);
  const models::Shape strides = dense_strides(input.shape);
  for_each_place(shape, [&](const models::Shape &place, std::size_t i) {
    std::int64_t number = 0;
    for (std::size_t axis = 0; axis < strides.size(); ++axis)
      number += from(place, axis) * strides[axis];
    result.elements[i] = input.elements.at(static_cast<std::size_t>(number));
  });
  return result;
}

/// Where an element of an axis with padding comes from; -1: from none.
std::int64_t unpadded(PaddingMode mode, std::int64_t place, std::int64_t size) {
  if (place >= 0 && place < size)
    return place;
  switch (mode) {
  case PaddingMode::zeros:
    return -1;
  case PaddingMode::replicate:
    return std::clamp<std::int64_t>(place, 0, size - 1);
  case PaddingMode::circular:
    return unpadded(mode, place < 0 ? place + size : place - size, size);
  case PaddingMode::reflect:
    return size == 1 ? 0 : unpadded(mode, place < 0 ? -place : 2 * (size - 1) - place, size);
  }
  return -1;
}

/// One axis of a resampling, all others as they are.
Value resampled(const models::Resampling::Axis &along, const Value &input) {
  Value result{input.shape, {}};
  result.shape[along.axis] = static_cast<std::int64_t>(along.index.size() / along.taps);
  result = value_of(std::move(result.shape));
  const models::Shape strides = dense_strides(input.shape);
  for_each_place(result.shape, [&](const models::Shape &place, std::size_t i) {
    std::int64_t row = 0;
    for (std::size_t axis = 0; axis < strides.size(); ++axis)
      row += axis == along.axis ? 0 : place[axis] * strides[axis];
    for (std::size_t tap = 0; tap < along.taps; ++tap) {
      const std::size_t at = static_cast<std::size_t>(place[along.axis]) * along.taps + tap;
      const double x =
          input.elements.at(static_cast<std::size_t>(row + along.index[at] * strides[along.axis]));
      result.elements[i] += along.weight.empty() ? x : x * along.weight[at];
    }
  });
  return result;
}

} // namespace

Value compute(const models::Pad &operation, const Call &call) {
  const Value &input = call.input();
  Value result = value_of(call.shape());
  const models::Shape strides = dense_strides(input.shape);
  const models::Tensor &made = call.graph.tensor(call.node.outputs.at(0));
  const double padding = is_of_bytes(made) ? padding_in_steps(operation.value, made) : operation.value;
  for_each_place(result.shape, [&](const models::Shape &place, std::size_t i) {
    std::int64_t number = 0;
    bool outside = false;
    for (std::size_t axis = 0; axis < strides.size(); ++axis) {
      const std::int64_t at =
          unpadded(operation.mode, place[axis] - operation.begin[axis], input.shape[axis]);
      outside |= at < 0;
      number += at * strides[axis];
    }
    result.elements[i] = outside ? padding : input.elements.at(static_cast<std::size_t>(number));
  });
  return result;
}

Value compute(const models::Concatenation &operation, const Call &call) {
  Value result = value_of(call.shape());
  const models::Shape strides = dense_strides(result.shape);
  std::int64_t begin = 0;
  for (std::size_t input = 0; input < call.inputs.size(); ++input) {
    const Value &part = call.input(input);
    for_each_place(part.shape, [&](const models::Shape &place, std::size_t i) {
      std::int64_t number = begin * strides[operation.axis];
      for (std::size_t axis = 0; axis < strides.size(); ++axis)
        number += place[axis] * strides[axis];
      result.elements.at(static_cast<std::size_t>(number)) = part.elements[i];
    });
    begin += part.shape[operation.axis];
  }
  return result;
}

/// Place by place, as models/graph.hpp says where a pixel of a block is among the channels.
Value compute(const models::DepthToSpace &operation, const Call &call) {
  const models::Shape &shape = call.shape(), &from = call.input().shape;
  const std::size_t c = operation.channel_axis, h = c == 1 ? 2 : 1, w = h + 1;
  const std::int64_t b = operation.block, channels = operation.to_depth ? from[c] : shape[c];
  return moved(shape, call.input(), [&](const models::Shape &place, std::size_t axis) {
    if (axis == 0)
      return place[0];
    if (operation.to_depth) { // channel (i b + j) C + c is pixel (i, j)'s
      const std::int64_t pixel = place[c] / channels;
      return axis == c ? place[c] % channels : place[axis] * b + (axis == h ? pixel / b : pixel % b);
    }
    if (axis != c)
      return place[axis] / b;
    const std::int64_t pixel = place[h] % b * b + place[w] % b;
    return operation.block_innermost ? place[c] * b * b + pixel : pixel * channels + place[c];
  });
}

std::vector<Value> compute_parts(const models::Split &operation, const Call &call) {
  std::vector<Value> parts(call.node.outputs.size());
  std::int64_t begin = 0;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (call.node.outputs[part] == models::no_tensor)
      throw Error("an output is left out (expected all parts)");
    parts[part] = moved(call.shape(part), call.input(), [&](const models::Shape &place, std::size_t axis) {
      return place[axis] + (axis == operation.axis ? begin : 0);
    });
    begin += parts[part].shape[operation.axis];
  }
  return parts;
}

Value compute(const models::Slice &operation, const Call &call) {
  return moved(call.shape(), call.input(), [&](const models::Shape &place, std::size_t axis) {
    return operation.begin[axis] + place[axis] * operation.step[axis];
  });
}

Value compute(const models::Transposition &operation, const Call &call) {
  return moved(call.shape(), call.input(), [&](const models::Shape &place, std::size_t axis) {
    const auto to = std::ranges::find(operation.order, axis) - operation.order.begin();
    return place[static_cast<std::size_t>(to)];
  });
}

Value compute(const models::Reshape &, const Call &call) {
  if (std::ssize(call.input().elements) != models::elements_of(call.shape()))
    throw Error(fmt::format("{} elements (expected those of {})", call.input().elements.size(),
                            models::text_of_shape(call.shape())));
  return {call.shape(), call.input().elements};
}

Value compute(const models::Expansion &, const Call &call) {
  const models::Shape &from = call.input().shape, &to = call.shape();
  if (from.size() > to.size())
    throw Error("the input has more axes than the output");
  return moved(to, call.input(), [&](const models::Shape &place, std::size_t axis) {
    return from[axis] == 1 ? 0 : place[to.size() - from.size() + axis];
  });
}

Value compute(const models::Resampling &operation, const Call &call) {
  Value result = call.input();
  for (const models::Resampling::Axis &axis : operation.axes)
    result = resampled(axis, result);
  return result;
}

} // namespace convforge::network::reference
