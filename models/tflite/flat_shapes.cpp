// Operators of TensorFlow Lite that reduce axes, move elements, and take and join parts.
#include "models/tflite/flat_operator.hpp"

#include "base/integer.hpp"
#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::tflite {
namespace {

const Tensor &data_of_operator(const FlatOperator &op, std::size_t i = 0) {
  const Tensor *data = op.input(i);
  if (!data)
    refuse("input", "left out", "a tensor");
  if (!data->known())
    throw Error(sizes_not_known);
  return *data;
}

/// At most one number an axis.
std::vector<std::int64_t> constant_numbers(const FlatOperator &op, std::size_t i, const char *name) {
  const Tensor *tensor = op.input(i);
  if (!tensor || !tensor->constant())
    refuse(name, tensor ? "computed" : "left out", "constants");
  constexpr std::int64_t most = 64;
  if (elements_of(tensor->sizes()) > most)
    refuse(name, text_of_shape(tensor->sizes()), fmt::format("at most {} numbers", most));
  return integers_of(*tensor);
}

std::size_t axis_from_front(const char *name, std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count)
    refuse(name, std::to_string(axis), fmt::format("one of {}", rank));
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

std::size_t only_axis(const FlatOperator &op, std::size_t i, std::size_t rank) {
  const std::vector<std::int64_t> numbers = constant_numbers(op, i, "axis");
  if (numbers.size() != 1)
    refuse("axis", text_of_numbers(numbers), "one number");
  return axis_from_front("axis", numbers[0], rank);
}

/// With or without the axes that are reduced: the output's shape says it.
Operation reduction_operation(const FlatOperator &op) {
  Reduction reduction;
  reduction.kind = op.code == MEAN         ? Reduction::Kind::mean
                   : op.code == SUM        ? Reduction::Kind::sum
                   : op.code == REDUCE_MAX ? Reduction::Kind::maximum
                                           : Reduction::Kind::minimum;
  const std::size_t rank = data_of_operator(op).sizes().size();
  for (const std::int64_t number : constant_numbers(op, 1, "axes"))
    reduction.axes.push_back(axis_from_front("axes", number, rank));
  std::ranges::sort(reduction.axes);
  const auto twice = std::ranges::unique(reduction.axes);
  reduction.axes.erase(twice.begin(), twice.end());
  return reduction;
}

Operation transposition_operation(const FlatOperator &op) {
  Transposition transposition;
  const std::size_t rank = data_of_operator(op).sizes().size();
  for (const std::int64_t number : constant_numbers(op, 1, "perm"))
    transposition.order.push_back(axis_from_front("perm", number, rank));
  return transposition;
}

Operation concatenation_operation(const FlatOperator &op) {
  const std::size_t rank = data_of_operator(op).sizes().size();
  return Concatenation{axis_from_front("axis", op.option<std::int32_t>(concatenation::axis, 0), rank)};
}

Operation flat_softmax(const FlatOperator &op) {
  const Tensor &data = data_of_operator(op);
  if (const auto beta = op.option<float>(softmax::beta, 0); beta != 1)
    refuse("beta", fmt::format("{}", beta), "1");
  if (data.sizes().empty())
    refuse("input", text_of_shape(data.sizes()), "one axis or more");
  return Softmax{data.sizes().size() - 1};
}

/// A size of -1 is what is left.
Operation slice_operation(const FlatOperator &op) {
  const Shape &in = data_of_operator(op).sizes();
  Shape expected = constant_numbers(op, 2, "size");
  Slice slice{constant_numbers(op, 1, "begin"), Shape(in.size(), 1)};
  if (slice.begin.size() != in.size() || expected.size() != in.size())
    refuse("begin", text_of_numbers(slice.begin), fmt::format("{} numbers, as many of size", in.size()));
  for (std::size_t i = 0; i < in.size(); ++i)
    if (expected[i] == -1)
      expected[i] = in[i] - std::clamp<std::int64_t>(slice.begin[i], 0, in[i]);
  if (op.output && op.output->known() && op.output->sizes() != expected)
    refuse("output", text_of_shape(op.output->sizes()), text_of_shape(expected));
  return slice;
}

struct StridedAxis {
  std::int64_t begin, count;
};

/// One axis, whose bits in the masks say that its begin or end is that of the axis (strided_slice_logic.h).
StridedAxis strided_axis(std::int64_t begin, std::int64_t end, std::int64_t step, std::int64_t size,
                         bool whole_begin, bool whole_end) {
  const bool forward = step > 0;
  const std::int64_t least = forward ? 0 : -1, most = forward ? size : size - 1;
  const auto bounded = [&](std::int64_t place) {
    return std::clamp(place < 0 ? place + size : place, least, most);
  };
  begin = whole_begin ? (forward ? 0 : size - 1) : bounded(begin);
  end = whole_end ? (forward ? size : -1) : bounded(end);
  const std::int64_t room = forward ? end - begin : begin - end;
  return {begin, room > 0 ? ceil_div(room, std::abs(step)) : 0};
}

void check_masks(const FlatOperator &op) {
  const auto none = [&](const char *name, std::int64_t value) {
    if (value != 0)
      refuse(name, std::to_string(value), "0");
  };
  none("ellipsis_mask", op.option<std::int32_t>(strided_slice::ellipsis_mask, 0));
  none("new_axis_mask", op.option<std::int32_t>(strided_slice::new_axis_mask, 0));
  none("offset", op.option<std::uint8_t>(strided_slice::offset, 0));
}

Operation strided_operation(const FlatOperator &op, std::optional<Shape> &between) {
  const Shape &in = data_of_operator(op).sizes();
  check_masks(op);
  const auto begins = constant_numbers(op, 1, "begin"), ends = constant_numbers(op, 2, "end"),
             steps = constant_numbers(op, 3, "strides");
  if (begins.size() > std::min<std::size_t>(in.size(), 31) || ends.size() != begins.size() ||
      steps.size() != begins.size())
    refuse("begin", text_of_numbers(begins),
           fmt::format("at most {} numbers, as many of end and strides", in.size()));
  const auto bit = [&](int mask, std::size_t i) {
    return (static_cast<std::uint32_t>(op.option<std::int32_t>(mask, 0)) >> i & 1u) != 0;
  };
  Slice slice{Shape(in.size(), 0), Shape(in.size(), 1)};
  Shape made = in, kept;
  for (std::size_t i = 0; i < in.size(); ++i) {
    const bool shrinks = i < begins.size() && bit(strided_slice::shrink_axis_mask, i);
    if (i < begins.size()) {
      constexpr std::int64_t longest = 1 << 30;
      if (steps[i] == 0 || std::abs(steps[i]) > longest || (shrinks && steps[i] < 0))
        refuse("strides", text_of_numbers(steps), "none of 0, of axes that are dropped above 0");
      const auto [begin, count] =
          strided_axis(begins[i], ends[i], steps[i], in[i], bit(strided_slice::begin_mask, i),
                       bit(strided_slice::end_mask, i));
      slice.begin[i] = begin, slice.step[i] = shrinks ? 1 : steps[i], made[i] = shrinks ? 1 : count;
    }
    if (!shrinks)
      kept.push_back(made[i]);
  }
  if (op.output && op.output->known() && op.output->sizes() != kept)
    refuse("output", text_of_shape(op.output->sizes()), text_of_shape(kept));
  if (kept != made)
    between = made;
  return slice;
}

/// Along the axis that stands where the new one is to be, each input is a whole row of it; behind the last
/// axis there is none, and the inputs are to have one there themselves: is_stack().
Operation packed_operation(const FlatOperator &op, std::optional<Shape> &between) {
  Shape made = data_of_operator(op).sizes();
  const auto rank = static_cast<std::int64_t>(made.size()),
             number = std::int64_t{op.option<std::int32_t>(pack::axis, 0)},
             axis = number < 0 ? number + rank + 1 : number;
  if (axis < 0 || axis > rank)
    refuse("axis", std::to_string(number), fmt::format("one before or behind one of the {} axes", rank));
  if (axis == rank)
    return Concatenation{static_cast<std::size_t>(axis)};
  made[static_cast<std::size_t>(axis)] *= static_cast<std::int64_t>(op.inputs.size());
  between = made;
  return Concatenation{static_cast<std::size_t>(axis)};
}

} // namespace

bool is_stack(const FlatOperator &op, const Operation &operation) {
  const auto *concatenation = std::get_if<Concatenation>(&operation);
  return op.code == PACK && concatenation && concatenation->axis == data_of_operator(op).sizes().size();
}

Operation shape_operation(const FlatOperator &op, std::optional<Shape> &between) {
  return operation_or_refusal([&]() -> Operation {
    switch (op.code) {
    case MEAN:
    case SUM:
    case REDUCE_MAX:
    case REDUCE_MIN:
      return reduction_operation(op);
    case TRANSPOSE:
      return transposition_operation(op);
    case CONCATENATION:
      return concatenation_operation(op);
    case SPLIT: // the axis is the first input
      return Split{only_axis(op, 0, data_of_operator(op, 1).sizes().size())};
    case SPLIT_V:
      return Split{only_axis(op, 2, data_of_operator(op).sizes().size())};
    case SLICE:
      return slice_operation(op);
    case PACK:
      return packed_operation(op, between);
    case STRIDED_SLICE:
      return strided_operation(op, between);
    case DEPTH_TO_SPACE:
    case SPACE_TO_DEPTH:
      return DepthToSpace{op.option<std::int32_t>(block_of_pixels, 0), 3, op.code == SPACE_TO_DEPTH};
    case SOFTMAX:
      return flat_softmax(op);
    default:
      return Reshape{};
    }
  });
}

} // namespace convforge::models::tflite
