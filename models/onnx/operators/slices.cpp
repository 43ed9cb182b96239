// Operators that take parts of tensors and put parts together.
#include "models/onnx/operators/call.hpp"

#include "base/integer.hpp"
#include "models/refusal.hpp"
#include "models/resize_taps.hpp"

#include <algorithm>
#include <fmt/format.h>

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
    return {.operation = OtherOperation{"starts, ends=computed (expected constants, of a tensor with a "
                                        "shape)"}};
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
      return without_word(call, steps[i] == 0 ? "steps" : "axes");
    if ((*shape)[*axis] != unknown_size)
      ranges[*axis] = range_of((*begins)[i], (*ends)[i], steps[i], (*shape)[*axis]);
  }
  Slice slice;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    (*shape)[i] = ranges[i].count;
    slice.begin.push_back(ranges[i].begin), slice.step.push_back(ranges[i].step);
  }
  return {.operation = std::move(slice), .shapes = {shape}, .data = part_of(*call.input(0), ranges)};
}

/// The places that a constant has, counted from the front. Throws Error for others.
std::vector<std::int32_t> places_along(const Tensor &indices, std::int64_t size) {
  if (!indices.constant() || indices.sizes().size() > 1)
    refuse("indices", indices.constant() ? text_of_shape(indices.sizes()) : "computed",
           "constants, one of them or a list");
  if (size < 0)
    throw Error(sizes_not_known);
  if (elements_of(indices.sizes()) > most_resampled || size > std::int64_t{1} << 30)
    refuse("indices", text_of_shape(indices.sizes()), fmt::format("at most {} of them", most_resampled));
  std::vector<std::int32_t> places;
  for (const std::int64_t number : integers_of(indices)) {
    const auto place = axis_of(number, static_cast<std::size_t>(size));
    if (!place)
      refuse("indices", std::to_string(number), fmt::format("{} to {}", -size, size - 1));
    places.push_back(static_cast<std::int32_t>(*place));
  }
  return places;
}

/// One element of an axis, which goes, or some of them.
void gather_places(const Tensor &indices, const Shape &shape, std::size_t axis, Meaning &meaning) {
  meaning.operation = operation_or_refusal([&]() -> Operation {
    std::vector<std::int32_t> places = places_along(indices, shape[axis]);
    if (!indices.sizes().empty())
      return Resampling{{gathered(axis, std::move(places))}};
    Slice slice{std::vector<std::int64_t>(shape.size()), std::vector<std::int64_t>(shape.size(), 1)};
    slice.begin[axis] = places.at(0);
    meaning.between = shape, (*meaning.between)[axis] = 1;
    return slice;
  });
}

/// Elements of a list by their places.
Meaning gather(const Call &call) {
  const auto shape = call.shape(0), places = call.shape(1);
  const auto axis = shape ? axis_of(call.integer("axis", 0), shape->size()) : std::nullopt;
  if (!axis || !places)
    return without_word(call, "axis");
  Shape result = *shape;
  const auto at = result.erase(result.begin() + static_cast<std::ptrdiff_t>(*axis));
  result.insert(at, places->begin(), places->end());
  Meaning meaning{.shapes = {result}};
  gather_places(*call.input(1), *shape, *axis, meaning);
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
    return without_word(call, "axis");
  for (std::size_t i = 1; i < call.inputs(); ++i) {
    const auto more = call.shape(i);
    if (!more || more->size() != shape->size())
      return without_word(call, "inputs");
    std::int64_t &size = (*shape)[*axis];
    size = size < 0 || (*more)[*axis] < 0 ? unknown_size
                                          : std::min(size + (*more)[*axis], std::int64_t{1} << 40);
  }
  return {.operation = Concatenation{*axis}, .shapes = {shape}, .data = joined(call)};
}

Meaning split(const Call &call) {
  const auto shape = call.shape(0);
  const auto axis = shape ? axis_of(call.integer("axis", 0), shape->size()) : std::nullopt;
  if (!axis)
    return without_word(call, "axis");
  const std::int64_t size = (*shape)[*axis],
                     count = static_cast<std::int64_t>(std::max<std::size_t>(call.outputs(), 1)),
                     chunk = size < 0 ? unknown_size : ceil_div(size, count);
  const auto sizes = call.integers(1, "split");
  Meaning meaning{.operation = Split{*axis}};
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

/// Axes of one element are broadcast, others begin again.
Operation tile_operation(const Shape &from, const Shape &to) {
  check_resampled(from), check_resampled(to);
  Resampling resampling;
  bool broadcasts = true;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] == to[i])
      continue;
    if (to[i] > most_resampled || from[i] < 1)
      refuse("repeats", std::to_string(to[i]), fmt::format("at most {} elements of an axis", most_resampled));
    broadcasts = broadcasts && from[i] == 1;
    std::vector<std::int32_t> places;
    for (std::int64_t place = 0; place < to[i]; ++place)
      places.push_back(static_cast<std::int32_t>(place % from[i]));
    resampling.axes.push_back(gathered(i, std::move(places)));
  }
  if (broadcasts)
    return Expansion{};
  return resampling;
}

Meaning tile(const Call &call) {
  const std::optional<Shape> input = call.shape(0);
  std::optional<Shape> shape = input;
  const auto times = call.integers(1);
  if (!shape || !times || times->size() != shape->size())
    return without_word(call, "repeats");
  for (std::size_t i = 0; i < shape->size(); ++i) {
    const std::int64_t size = (*shape)[i], factor = (*times)[i];
    (*shape)[i] =
        size < 0 || factor < 0 || factor > (1 << 30) || size > (1 << 30) ? unknown_size : size * factor;
  }
  return {.operation = operation_or_refusal([&] { return tile_operation(*input, *shape); }),
          .shapes = {shape}};
}

} // namespace

std::vector<OperatorRow> slice_operators() {
  return {{"Slice", slice}, {"Gather", gather}, {"Concat", concat}, {"Split", split}, {"Tile", tile}};
}

} // namespace convforge::models::onnx
