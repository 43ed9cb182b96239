#include "models/scale.hpp"

#include "base/error.hpp"

#include <cmath>
#include <fmt/format.h>

namespace convforge::models {
namespace {

/// `Number`: what products and quotients are rounded to.
template <typename Number>
std::vector<double> multipliers_in(const MultiplierScales &scales, int channels) {
  std::vector<double> multipliers(static_cast<std::size_t>(channels));
  for (std::size_t k = 0; k < multipliers.size(); ++k) {
    Number multiplier =
        static_cast<Number>(scales.source) * scales.weights[scales.weights.size() > 1 ? k : 0];
    if (scales.destination != 0)
      multiplier /= scales.destination;
    constexpr double too_large = 2147483648.0; // of which the 31 bits of a factor hold no more
    if (!(multiplier >= 0 && multiplier < too_large))
      fail("multiplier", fmt::format("{} of channel {}", multiplier, k),
           "scales whose quotient is below 2^31");
    multipliers[k] = static_cast<double>(multiplier);
  }
  return multipliers;
}

} // namespace

void check_scale(const Scale &scale, const std::string &field) {
  if (scale.scales.empty())
    fail(field, "no scale", "one, or one an output channel");
  for (const float each : scale.scales)
    if (!std::isfinite(each) || each <= 0)
      fail(field, fmt::format("a scale of {}", each), "a finite number above 0");
  if (scale.zero_points.size() != scale.scales.size())
    fail(field, fmt::format("{} zero points", scale.zero_points.size()),
         fmt::format("{}, as many as scales", scale.scales.size()));
}

void check_single(const Scale &scale, const std::string &field) {
  check_scale(scale, field);
  if (scale.by_axis())
    fail(field, fmt::format("{} scales", scale.scales.size()), "one for all elements");
}

std::vector<double> single_multipliers(const MultiplierScales &scales, int channels) {
  return multipliers_in<float>(scales, channels);
}

std::vector<double> double_multipliers(const MultiplierScales &scales, int channels) {
  return multipliers_in<double>(scales, channels);
}

} // namespace convforge::models
