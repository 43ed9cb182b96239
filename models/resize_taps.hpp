// Resized axes as taps: which elements of the input each element of the output is made of. Coordinates are
// floats, as frameworks compute them, so that what lies half-way between two elements goes to the same one.
#pragma once

#include "models/graph.hpp"

#include <vector>

namespace convforge::models {

/// Where the first element of an image lies, by ONNX's names.
enum class ResizeCoordinates {
  half_pixel,
  half_pixel_symmetric,
  pytorch_half_pixel,
  align_corners,
  asymmetric
};
/// Which of its neighbours a coordinate between two elements takes.
enum class NearestRule { round_prefer_floor, round_prefer_ceil, floor, ceil };

struct ResizedAxis {
  std::size_t axis;
  std::int64_t input, output; ///< sizes
  float scale;                ///< output by input, which rounding may have made another one
};

/// The longest axis: taps are made for each of its elements, and a few bytes of a hostile file are enough.
inline constexpr std::int64_t most_resampled = 1 << 16;

/// Throws Error unless all sizes are known of a shape of no more axes than tensors have.
void check_resampled(const Shape &shape);
/// Throws Error for an axis that is too long.
void check_resized(const ResizedAxis &axis);
/// In elements of the input, one for each element of the output. The axis is checked before.
std::vector<float> coordinates_of(const ResizedAxis &axis, ResizeCoordinates mode);

// An axis of such coordinates; those outside are moved to its ends, the elements that cubic interpolation
// finds there repeat the last one.
Resampling::Axis nearest_taps(const ResizedAxis &axis, const std::vector<float> &at, NearestRule rule);
Resampling::Axis linear_taps(const ResizedAxis &axis, const std::vector<float> &at);
Resampling::Axis cubic_taps(const ResizedAxis &axis, const std::vector<float> &at, float coefficient);
/// Of single elements, by their places, which are in range.
Resampling::Axis gathered(std::size_t axis, std::vector<std::int32_t> places);

/// How many taps the resamplings of a graph have together.
class TapBudget {
public:
  /// Beyond it an operation is refused.
  void take(Operation &operation);

private:
  std::size_t left_ = std::size_t{1} << 22;
};

} // namespace convforge::models
