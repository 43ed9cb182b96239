// Operators that take parts of tensors and put parts together.
#include "models/onnx/operators/call.hpp"

#include "base/integer.hpp"

#include <algorithm>

namespace convforge::models::onnx {
namespace {

/// Of one axis, by the operator's rule; ends may be far out of range.
struct Range {
  std::int64_t begin, count, step;
};

Range range_of(std::int64_t begin, std::int64_t end, std::int64_t step, std::int64_t size) {
  const auto from_front = [&](std::int64_t place) {
    return place < 0 ? std::max(place, -size - 1) + size : place;
  };
  const bool forward = step > 0;
  begin = std::clamp<std::int64_t>(from_front(begin), 0, forward ? size : size - 1);
  end = std::clamp<std::int64_t>(from_front(end), forward ? 0 : -1, size);
  const std::int64_t room = forward ? end - begin : begin - end,
                     distance = forward ? step : -std::max<std::int64_t>(step, -(std::int64_t{1} << 40));
  return {begin, room > 0 ? ceil_div(room, distance) : 0, step};
}

/// The elements of a small constant that ranges of all its axes take.
Data part_of(const Tensor &tensor, const std::vector<Range> &ranges) {
  if (!computable(&tensor))
    return nullptr;
  std::vector<double> part, all = numbers_of(tensor);
  std::int64_t count = 1;
  for (const Range &range : ranges)
    count *= range.count;
  for (std::int64_t n = 0; n < count; ++n) {
    std::int64_t rest = n, place = 0, stride = 1;
    for (std::size_t axis = ranges.size(); axis-- > 0;) {
      place += (ranges[axis].begin + rest % ranges[axis].count * ranges[axis].step) * stride;
      rest /= ranges[axis].count, stride *= tensor.sizes()[axis];
    }
    part.push_back(all[static_cast<std::size_t>(place)]);
  }
  return data_of(tensor.type, part);
}

Meaning slice(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  const auto begins = call.integers(1, "starts"), ends = call.integers(2, "ends");
  if (!shape || !begins || !ends || begins->size() != ends->size())
    return {};
  std::vector<std::int64_t> axes(begins->size()), steps(begins->size(), 1);
  for (std::size_t i = 0; i < axes.size(); ++i)
    axes[i] = static_cast<std::int64_t>(i);
  if (call.input(3) || call.attribute("axes"))
    axes = call.integers(3, "axes").value_or(std::vector<std::int64_t>{});
  if (call.input(4))
    steps = call.integers(4).value_or(std::vector<std::int64_t>{});
  if (axes.size() != begins->size() || steps.size() != begins->size())
    return {};
  std::vector<Range> ranges;
  for (const std::int64_t size : *shape)
    ranges.push_back({0, size, 1});
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = axis_of(axes[i], shape->size());
    if (!axis || steps[i] == 0)
      return {};
    if ((*shape)[*axis] != unknown_size)
      ranges[*axis] = range_of((*begins)[i], (*ends)[i], steps[i], (*shape)[*axis]);
  }
  for (std::size_t i = 0; i < ranges.size(); ++i)
    (*shape)[i] = ranges[i].count;
  return {.shapes = {shape}, .data = part_of(*call.input(0), ranges)};
}

/// Elements of a list by their places.
Meaning gather(const Call &call) {
  const auto shape = call.shape(0), places = call.shape(1);
  const auto axis = shape ? axis_of(call.integer("axis", 0), shape->size()) : std::nullopt;
  if (!axis || !places)
    return {};
  Shape result = *shape;
  const auto at = result.erase(result.begin() + static_cast<std::ptrdiff_t>(*axis));
  result.insert(at, places->begin(), places->end());
  Meaning meaning{.shapes = {result}};
  if (shape->size() == 1 && computable(call.input(0)) && computable(call.input(1))) {
    const std::vector<double> all = numbers_of(*call.input(0));
    std::vector<double> taken;
    for (const std::int64_t place : integers_of(*call.input(1))) {
      const auto found = axis_of(place, all.size());
      if (!found)
        return {};
      taken.push_back(all[*found]);
    }
    meaning.data = data_of(call.input(0)->type, taken);
  }
  return meaning;
}

Data joined(const Call &call) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i < call.inputs(); ++i) {
    const Tensor *part = call.input(i);
    if (!computable(part) || part->sizes().size() != 1 || part->type != call.input(0)->type ||
        numbers.size() > most_computed)
      return nullptr;
    const std::vector<double> more = numbers_of(*part);
    numbers.insert(numbers.end(), more.begin(), more.end());
  }
  return data_of(call.input(0)->type, numbers);
}

Meaning concat(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  const auto axis = shape ? axis_of(call.integer("axis", 1), shape->size()) : std::nullopt;
  if (!axis)
    return {};
  for (std::size_t i = 1; i < call.inputs(); ++i) {
    const auto more = call.shape(i);
    if (!more || more->size() != shape->size())
      return {};
    std::int64_t &size = (*shape)[*axis];
    size = size < 0 || (*more)[*axis] < 0 ? unknown_size
                                          : std::min(size + (*more)[*axis], std::int64_t{1} << 40);
  }
  return {.shapes = {shape}, .data = joined(call)};
}

Meaning split(const Call &call) {
  const auto shape = call.shape(0);
  const auto axis = shape ? axis_of(call.integer("axis", 0), shape->size()) : std::nullopt;
  if (!axis)
    return {};
  const std::int64_t size = (*shape)[*axis],
                     count = static_cast<std::int64_t>(std::max<std::size_t>(call.outputs(), 1)),
                     chunk = size < 0 ? unknown_size : ceil_div(size, count);
  const auto sizes = call.integers(1, "split");
  Meaning meaning;
  for (std::int64_t i = 0; i < count; ++i) {
    Shape part = *shape;
    if (sizes)
      part[*axis] =
          static_cast<std::size_t>(i) < sizes->size() ? (*sizes)[static_cast<std::size_t>(i)] : unknown_size;
    else
      part[*axis] = size < 0 ? unknown_size : std::clamp<std::int64_t>(size - i * chunk, 0, chunk);
    if (part[*axis] < 0 || (call.input(1) && !sizes))
      part[*axis] = unknown_size;
    meaning.shapes.push_back(part);
  }
  return meaning;
}

Meaning tile(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  const auto times = call.integers(1);
  if (!shape || !times || times->size() != shape->size())
    return {};
  for (std::size_t i = 0; i < shape->size(); ++i) {
    const std::int64_t size = (*shape)[i], factor = (*times)[i];
    (*shape)[i] =
        size < 0 || factor < 0 || factor > (1 << 30) || size > (1 << 30) ? unknown_size : size * factor;
  }
  return {.shapes = {shape}};
}

} // namespace

std::vector<OperatorRow> slice_operators() {
  return {{"Slice", slice}, {"Gather", gather}, {"Concat", concat}, {"Split", split}, {"Tile", tile}};
}

} // namespace convforge::models::onnx
