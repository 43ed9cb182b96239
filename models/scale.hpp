// The real numbers that integers of a model stand for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace convforge::models {

/// scale * (q - zero point). By place along an axis of the tensor, or one of each for all of it.
struct Scale {
  std::vector<float> scales;
  std::vector<std::int32_t> zero_points; ///< as many
  std::size_t axis = 0;                  ///< of more than one

  bool by_axis() const { return scales.size() > 1; }
  bool operator==(const Scale &) const = default;
};

/// Throws Error unless there are scales, each a finite number above 0, and as many zero points.
void check_scale(const Scale &scale, const std::string &field);
/// The same of one for all of a tensor.
void check_single(const Scale &scale, const std::string &field);

/// What brings sums to the destination's scale, one an output channel. `destination` 0: to real numbers.
/// Throws Error for what a kernel does not take.
struct MultiplierScales {
  float source;
  std::span<const float> weights; ///< of each output channel, or one for all
  float destination;
};
/// In float32 throughout, as ONNX Runtime has them (docs/quantisation.md).
std::vector<double> single_multipliers(const MultiplierScales &scales, int channels);
/// In float64 of the float32 scales, as LiteRT has them.
std::vector<double> double_multipliers(const MultiplierScales &scales, int channels);

} // namespace convforge::models
