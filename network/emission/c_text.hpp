// Numbers and structures of operations as C has them.
#pragma once

#include "convforge/operations.h"

#include <cstdint>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>
#include <string>

namespace convforge::network {

/// A float that C reads back to the bit.
std::string c_float(float value);
std::string c_floats(std::span<const float> values);
std::string c_integers(std::span<const std::int32_t> values);

/// As many numbers of an array as there are axes.
template <typename Numbers>
std::string axes(const Numbers &numbers, std::int32_t rank) {
  return fmt::format("{{{}}}", fmt::join(std::span(numbers, static_cast<std::size_t>(rank)), ", "));
}
inline std::string strides(const convforge_strides &strides, std::int32_t rank) {
  return fmt::format("{{{}}}", axes(strides.along, rank));
}

} // namespace convforge::network
