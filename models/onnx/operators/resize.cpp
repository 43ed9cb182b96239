// Operators that pad and resize.
#include "models/onnx/operators/call.hpp"

#include "models/refusal.hpp"
#include "models/resize_taps.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

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
    if (!axis || std::max(begin, end) > most || std::min(begin, end) < -most)
      return {};
    made.begin[*axis] = begin, made.end[*axis] = end;
    if (result[*axis] != unknown_size)
      result[*axis] = std::max<std::int64_t>(result[*axis] + begin + end, 0);
  }
  return {.operation = made, .shapes = {result}};
}

/// What the sizes become, and the scales that coordinates follow.
struct ResizedShape {
  Shape shape;
  std::vector<float> scale; ///< by axis
};

/// ONNX Runtime's rule: the product is a float.
std::int64_t scaled_size(std::int64_t size, float scale) {
  const float product = std::floor(static_cast<float>(size) * scale);
  return size < 0 || !(product >= 0) || product >= 0x1p40f ? unknown_size
                                                           : static_cast<std::int64_t>(product);
}

std::vector<float> scales_of(const Call &call) {
  const Tensor *scales = call.input(call.input(2) ? 2 : 1);
  std::vector<float> numbers;
  if (computable(scales))
    for (const double number : numbers_of(*scales))
      numbers.push_back(static_cast<float>(number));
  else if (const Attribute *found = call.attribute("scales"))
    numbers = found->floats;
  return numbers;
}

/// The axes that sizes and scales are of: all, or since version 18 those of an attribute. None: out of range.
std::optional<std::vector<std::size_t>> resized_axes(const Call &call, std::size_t rank) {
  std::vector<std::size_t> axes;
  for (const std::int64_t number : call.list("axes")) {
    const auto axis = axis_of(number, rank);
    if (!axis || std::ranges::find(axes, *axis) != axes.end())
      return std::nullopt;
    axes.push_back(*axis);
  }
  for (std::size_t i = 0; !call.attribute("axes") && i < rank; ++i)
    axes.push_back(i);
  return axes;
}

/// X, scales up to version 10; X, roi, scales, sizes since. Upsample had scales as an attribute at first.
std::optional<ResizedShape> resized_shape(const Call &call, const Shape &shape) {
  const auto axes = resized_axes(call, shape.size());
  if (!axes || call.text("keep_aspect_ratio_policy", "stretch") != "stretch")
    return std::nullopt;
  ResizedShape resized{shape, std::vector<float>(shape.size(), 1)};
  const auto sizes = call.input(3) ? call.integers(3) : std::nullopt;
  const std::vector<float> scales = call.input(3) ? std::vector<float>{} : scales_of(call);
  if ((sizes && !all_known(*sizes)) || (sizes ? sizes->size() : scales.size()) != axes->size())
    return std::nullopt;
  for (std::size_t i = 0; i < axes->size(); ++i) {
    const std::size_t axis = (*axes)[i];
    resized.shape[axis] = sizes ? (*sizes)[i] : scaled_size(shape[axis], scales[i]);
    resized.scale[axis] =
        sizes ? static_cast<float>((*sizes)[i]) / static_cast<float>(shape[axis]) : scales[i];
  }
  return resized;
}

/// The value that has a word; throws Error naming all of them.
template <typename Value, std::size_t Count>
Value chosen(const Call &call, const char *attribute, std::string_view otherwise,
             const std::array<std::pair<std::string_view, Value>, Count> &words) {
  const std::string_view word = call.text(attribute, otherwise);
  std::string known;
  for (const auto &[text, value] : words) {
    if (text == word)
      return value;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", text);
  }
  refuse(attribute, std::string(word.substr(0, 64)), known);
}

enum class ResizeMethod { nearest, linear, cubic };
constexpr std::array<std::pair<std::string_view, ResizeMethod>, 3> resize_methods{
    {{"nearest", ResizeMethod::nearest}, {"linear", ResizeMethod::linear}, {"cubic", ResizeMethod::cubic}}};
constexpr std::array<std::pair<std::string_view, ResizeCoordinates>, 5> coordinate_modes{
    {{"half_pixel", ResizeCoordinates::half_pixel},
     {"half_pixel_symmetric", ResizeCoordinates::half_pixel_symmetric},
     {"pytorch_half_pixel", ResizeCoordinates::pytorch_half_pixel},
     {"align_corners", ResizeCoordinates::align_corners},
     {"asymmetric", ResizeCoordinates::asymmetric}}};
constexpr std::array<std::pair<std::string_view, NearestRule>, 4> nearest_modes{
    {{"round_prefer_floor", NearestRule::round_prefer_floor},
     {"round_prefer_ceil", NearestRule::round_prefer_ceil},
     {"floor", NearestRule::floor},
     {"ceil", NearestRule::ceil}}};

/// Resize up to version 10 and Upsample: from the first element on, of nearest ones that of larger images
/// before the coordinate, that of smaller ones behind it, as ONNX Runtime has it.
struct ResizeRules {
  ResizeMethod method;
  ResizeCoordinates coordinates = ResizeCoordinates::asymmetric;
  std::optional<NearestRule> nearest;
  float cubic = -0.75f;
};

ResizeRules resize_rules(const Call &call) {
  ResizeRules rules{.method = chosen(call, "mode", "nearest", resize_methods)};
  if (call.type() == "Upsample" || call.opset() < 11)
    return rules;
  for (const char *flag : {"antialias", "exclude_outside"})
    if (call.integer(flag, 0) != 0)
      refuse(flag, std::to_string(call.integer(flag, 0)), "0");
  rules.coordinates = chosen(call, "coordinate_transformation_mode", "half_pixel", coordinate_modes);
  if (rules.method == ResizeMethod::nearest)
    rules.nearest = chosen(call, "nearest_mode", "round_prefer_floor", nearest_modes);
  rules.cubic = static_cast<float>(call.real("cubic_coeff_a", -0.75));
  return rules;
}

Resampling::Axis taps_of(const ResizeRules &rules, const ResizedAxis &axis) {
  const std::vector<float> at = coordinates_of(axis, rules.coordinates);
  if (rules.method == ResizeMethod::linear)
    return linear_taps(axis, at);
  if (rules.method == ResizeMethod::cubic)
    return cubic_taps(axis, at, rules.cubic);
  return nearest_taps(axis, at,
                      rules.nearest.value_or(axis.scale < 1 ? NearestRule::ceil : NearestRule::floor));
}

Operation resize_operation(const Call &call, const Shape &shape, const std::optional<ResizedShape> &resized) {
  if (const std::string policy(call.text("keep_aspect_ratio_policy", "stretch")); policy != "stretch")
    refuse("keep_aspect_ratio_policy", policy.substr(0, 64), "stretch");
  const ResizeRules rules = resize_rules(call);
  check_resampled(shape);
  const ResizedShape to = resized.value_or(ResizedShape{.shape = {unknown_size}, .scale = {}});
  check_resampled(to.shape);
  Resampling resampling;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (to.scale[i] != 1 || to.shape[i] != shape[i])
      resampling.axes.push_back(taps_of(rules, {i, shape[i], to.shape[i], to.scale[i]}));
  return resampling;
}

Meaning resize(const Call &call) {
  const auto shape = call.shape(0);
  if (!shape)
    return without_word(call, "sizes");
  const auto resized = resized_shape(call, *shape);
  return {.operation = operation_or_refusal([&] { return resize_operation(call, *shape, resized); }),
          .shapes = {resized ? std::optional(resized->shape) : std::nullopt}};
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
  const std::string_view mode = to_depth ? "DCR" : call.text("mode", "DCR");
  const auto operation = [&]() -> Operation {
    if (mode != "DCR" && mode != "CRD")
      refuse("mode", std::string(mode), "DCR or CRD");
    return DepthToSpace{block, 1, to_depth, mode == "CRD"};
  };
  return {.operation = operation_or_refusal(operation), .shapes = {shape}};
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
