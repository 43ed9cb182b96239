#include "network/emission/c_text.hpp"

#include <cmath>

namespace convforge::network {

std::string c_float(float value) {
  if (std::isnan(value))
    return "NAN";
  if (std::isinf(value))
    return value < 0 ? "-INFINITY" : "INFINITY";
  return fmt::format("{:a}f", value);
}

std::string c_floats(std::span<const float> values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i)
    text += (i == 0 ? "" : i % 8 == 0 ? ",\n  " : ", ") + c_float(values[i]);
  return text;
}

std::string c_integers(std::span<const std::int32_t> values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i)
    text += (i == 0 ? "" : i % 16 == 0 ? ",\n  " : ", ") + std::to_string(values[i]);
  return text;
}

} // namespace convforge::network
