// A small bitmap font: capitals (small letters print as such), digits, a little punctuation.
#pragma once

#include <array>
#include <cstdint>

constexpr int glyph_width = 5, glyph_height = 7;

/// Rows from the top; bit 4 is the leftmost pixel. Unknown characters are blank.
const std::array<std::uint8_t, glyph_height> &glyph(char character);
