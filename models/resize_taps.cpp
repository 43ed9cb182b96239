#include "models/resize_taps.hpp"

#include "models/refusal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace convforge::models {
namespace {

/// As ONNX Runtime computes it (GetOriginalCoordinateFromResizedCoordinate).
float coordinate(const ResizedAxis &axis, ResizeCoordinates mode, float x) {
  const auto input = static_cast<float>(axis.input), output = static_cast<float>(axis.output);
  switch (mode) {
  case ResizeCoordinates::asymmetric:
    return x / axis.scale;
  case ResizeCoordinates::align_corners:
    return axis.output == 1 ? 0 : x * (input - 1) / (output - 1);
  case ResizeCoordinates::pytorch_half_pixel:
    return axis.output == 1 ? 0 : (x + 0.5f) / axis.scale - 0.5f;
  case ResizeCoordinates::half_pixel_symmetric: {
    const float adjustment = output / (axis.scale * input);
    return input / 2 * (1 - adjustment) + (x + 0.5f) / axis.scale - 0.5f;
  }
  case ResizeCoordinates::half_pixel:
    break;
  }
  return (x + 0.5f) / axis.scale - 0.5f;
}

/// Numbers that are none become 0, too.
float into_axis(float x, std::int64_t size) {
  return x > 0 ? std::min(x, static_cast<float>(size - 1)) : 0;
}

float rounded_by(float x, NearestRule rule) {
  switch (rule) {
  case NearestRule::floor:
    return std::floor(x);
  case NearestRule::ceil:
    return std::ceil(x);
  case NearestRule::round_prefer_floor:
    return x - std::floor(x) == 0.5f ? std::floor(x) : std::round(x);
  case NearestRule::round_prefer_ceil:
    break;
  }
  return std::round(x);
}

/// Of the elements before, at and behind a coordinate, which lies `s` behind the second one (Keys 1981).
std::array<float, 4> cubic_weights(float a, float s) {
  const auto near = [a](float t) { return ((a + 2) * t - (a + 3)) * t * t + 1; };
  const auto far = [a](float t) { return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a; };
  return {far(s + 1), near(s), near(1 - s), far(2 - s)};
}

} // namespace

void check_resampled(const Shape &shape) {
  constexpr std::size_t most_axes = 8;
  if (!all_known(shape))
    throw Error(sizes_not_known);
  if (shape.size() > most_axes)
    refuse("axes", std::to_string(shape.size()), fmt::format("at most {}", most_axes));
}

void check_resized(const ResizedAxis &axis) {
  constexpr std::int64_t most_exact = 1 << 24; // of floats
  if (axis.output < 1 || axis.output > most_resampled || axis.input < 1 || axis.input > most_exact)
    refuse("size", std::to_string(axis.output),
           fmt::format("1 to {} elements of a resized axis, of 1 to {}", most_resampled, most_exact));
}

std::vector<float> coordinates_of(const ResizedAxis &axis, ResizeCoordinates mode) {
  check_resized(axis);
  std::vector<float> at;
  at.reserve(static_cast<std::size_t>(axis.output));
  for (std::int64_t i = 0; i < axis.output; ++i)
    at.push_back(coordinate(axis, mode, static_cast<float>(i)));
  return at;
}

Resampling::Axis nearest_taps(const ResizedAxis &axis, const std::vector<float> &at, NearestRule rule) {
  Resampling::Axis taps{axis.axis, 1, {}, {}};
  for (const float x : at)
    taps.index.push_back(static_cast<std::int32_t>(into_axis(rounded_by(x, rule), axis.input)));
  return taps;
}

Resampling::Axis linear_taps(const ResizedAxis &axis, const std::vector<float> &at) {
  Resampling::Axis taps{axis.axis, 2, {}, {}};
  for (const float outside : at) {
    const float x = into_axis(outside, axis.input), first = std::floor(x);
    const auto index = static_cast<std::int32_t>(first);
    taps.index.insert(taps.index.end(),
                      {index, std::min(index + 1, static_cast<std::int32_t>(axis.input - 1))});
    taps.weight.insert(taps.weight.end(), {1 - (x - first), x - first});
  }
  return taps;
}

Resampling::Axis cubic_taps(const ResizedAxis &axis, const std::vector<float> &at, float coefficient) {
  Resampling::Axis taps{axis.axis, 4, {}, {}};
  for (const float x : at) {
    const float first = std::floor(x);
    for (int i = -1; i <= 2; ++i)
      taps.index.push_back(static_cast<std::int32_t>(into_axis(first + static_cast<float>(i), axis.input)));
    const std::array<float, 4> weights = cubic_weights(coefficient, x - first);
    taps.weight.insert(taps.weight.end(), weights.begin(), weights.end());
  }
  return taps;
}

Resampling::Axis gathered(std::size_t axis, std::vector<std::int32_t> places) {
  return {axis, 1, std::move(places), {}};
}

void TapBudget::take(Operation &operation) {
  const auto *resampling = std::get_if<Resampling>(&operation);
  if (!resampling)
    return;
  std::size_t taps = 0;
  for (const Resampling::Axis &axis : resampling->axes)
    taps += axis.index.size();
  if (taps <= left_)
    left_ -= taps;
  else
    operation = OtherOperation{"taps: more than 4194304 of all resized axes of the model together"};
}

} // namespace convforge::models
