// Operators that pad and resize.
#include "models/onnx/operators/call.hpp"

#include <algorithm>
#include <cmath>

namespace convforge::models::onnx {
namespace {

std::optional<PaddingMode> mode_of(std::string_view word) {
  if (word == "constant")
    return PaddingMode::zeros;
  if (word == "reflect")
    return PaddingMode::reflect;
  if (word == "edge")
    return PaddingMode::replicate;
  return word == "wrap" ? std::optional(PaddingMode::circular) : std::nullopt;
}

/// Its numbers are inputs since version 11, for some axes only since version 18.
Meaning pad(const Call &call) {
  const auto shape = call.shape(0);
  const auto pads = call.integers(1, "pads");
  const auto mode = mode_of(call.text("mode", "constant"));
  const std::optional<double> value = call.input(2) ? call.number(2) : call.real("value", 0);
  if (!shape || !pads || !mode)
    return {};
  std::vector<std::int64_t> axes(shape->size());
  for (std::size_t i = 0; i < axes.size(); ++i)
    axes[i] = static_cast<std::int64_t>(i);
  if (call.input(3))
    axes = call.integers(3).value_or(std::vector<std::int64_t>{});
  if (pads->size() != 2 * axes.size() || !value)
    return {};
  Pad made{std::vector<std::int64_t>(shape->size()), std::vector<std::int64_t>(shape->size()), *mode, *value};
  Shape result = *shape;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = axis_of(axes[i], shape->size());
    const std::int64_t begin = (*pads)[i], end = (*pads)[axes.size() + i];
    constexpr std::int64_t most = 1 << 30;
    if (!axis || std::abs(begin) > most || std::abs(end) > most)
      return {};
    made.begin[*axis] = begin, made.end[*axis] = end;
    if (result[*axis] != unknown_size)
      result[*axis] = std::max<std::int64_t>(result[*axis] + begin + end, 0);
  }
  return {.operation = made, .shapes = {result}};
}

Shape scaled(const Shape &shape, const std::vector<double> &scales) {
  Shape result = shape;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const double size = std::floor(static_cast<double>(shape[i]) * scales[i]);
    result[i] = shape[i] < 0 || size < 0 || size >= 0x1p40 || std::isnan(size)
                    ? unknown_size
                    : static_cast<std::int64_t>(size);
  }
  return result;
}

/// X, scales up to version 10; X, roi, scales, sizes since. Upsample had scales as an attribute at first.
Meaning resize(const Call &call) {
  const auto shape = call.shape(0);
  if (!shape || call.text("keep_aspect_ratio_policy", "stretch") != "stretch" || call.attribute("axes"))
    return {};
  if (call.input(3)) {
    const auto sizes = call.integers(3);
    return {.shapes = {sizes && all_known(*sizes) && sizes->size() == shape->size() ? sizes : std::nullopt}};
  }
  const Tensor *scales = call.input(call.input(2) ? 2 : 1);
  std::vector<double> numbers;
  if (computable(scales))
    numbers = numbers_of(*scales);
  else if (const Attribute *found = call.attribute("scales"))
    numbers.assign(found->floats.begin(), found->floats.end());
  if (numbers.size() != shape->size())
    return {};
  return {.shapes = {scaled(*shape, numbers)}};
}

Meaning rearranged(const Call &call, bool to_depth) {
  std::optional<Shape> shape = call.known_shape(0);
  const std::int64_t block = call.integer("blocksize", 0);
  if (!shape || shape->size() != 4 || block < 1 || block > (1 << 15))
    return {};
  Shape &s = *shape;
  if (to_depth)
    s = {s[0], std::min(s[1], std::int64_t{1} << 30) * block * block, s[2] / block, s[3] / block};
  else
    s = {s[0], s[1] / (block * block), std::min(s[2], std::int64_t{1} << 30) * block,
         std::min(s[3], std::int64_t{1} << 30) * block};
  return {.shapes = {shape}};
}

Meaning depth_to_space(const Call &call) {
  return rearranged(call, false);
}
Meaning space_to_depth(const Call &call) {
  return rearranged(call, true);
}

} // namespace

std::vector<OperatorRow> resize_operators() {
  return {{"Pad", pad},
          {"Resize", resize},
          {"Upsample", resize},
          {"DepthToSpace", depth_to_space},
          {"SpaceToDepth", space_to_depth}};
}

} // namespace convforge::models::onnx
