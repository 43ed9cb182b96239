// Functions of bytes as lines in fixed point (convforge_byte_line), where one gives the same bytes.
#pragma once

#include "convforge/operations.h"

#include <cstdint>
#include <optional>
#include <span>

namespace convforge::network {

/// What a line is to give at some places: numbers from -128 to 127.
struct LineThrough {
  std::span<const std::int32_t> a, b; ///< of each place
  std::span<const std::int8_t> results;
  double a_slope, b_slope; ///< about: in steps
};
/// The line that gives all of them, whose limits are the least and the largest. None was found, whatever the
/// reason: a function that is no line, or one whose ties are rounded as no line does.
std::optional<convforge_byte_line> line_through(const LineThrough &wanted);
/// What it gives.
int on_line(const convforge_byte_line &line, std::int32_t a, std::int32_t b);

} // namespace convforge::network
