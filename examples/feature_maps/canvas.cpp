#include "canvas.hpp"

#include "font.hpp"

#include <algorithm>

namespace {

constexpr int background = 24;

// Means of factor x factor pixels, row after row.
std::vector<float> shrink(const FeatureMap &map, int size) {
  const int factor = map.width / size;
  std::vector<float> result;
  for (int y = 0; y < size; y++) {
    for (int x = 0; x < size; x++) {
      float sum = 0;
      for (int v = 0; v < factor; v++)
        for (int u = 0; u < factor; u++)
          sum += map.at(x * factor + u, y * factor + v);
      result.push_back(sum / static_cast<float>(factor * factor));
    }
  }
  return result;
}

// The value that 99 % of the others stay below; never 0.
float bright(std::vector<float> values) {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(values.size() * 99 / 100);
  std::nth_element(values.begin(), nth, values.end());
  return std::max(*nth, 1e-6f);
}

// 0 is black, 1/2 the tint, 1 white.
std::uint8_t shade(float value, int tint) {
  const float t = std::clamp(value, 0.0f, 1.0f), full = static_cast<float>(tint);
  return static_cast<std::uint8_t>(t < 0.5f ? 2 * t * full : full + (2 * t - 1) * (255 - full));
}

} // namespace

Canvas::Canvas(int width, int height) : picture_(width, height) {
  std::fill(picture_.rgb.begin(), picture_.rgb.end(), std::uint8_t{background});
}

void Canvas::draw(const Picture &picture, int x, int y) {
  for (int row = 0; row < picture.height; row++)
    std::copy_n(picture.at(0, row), picture.width * 3, picture_.at(x, y + row));
}

void Canvas::draw(const FeatureMap &map, std::array<int, 3> tint, int size, int x, int y) {
  const std::vector<float> values = shrink(map, size);
  const float white = bright(values);
  Picture tile(size, size);
  for (std::size_t i = 0; i < values.size(); i++)
    for (std::size_t c = 0; c < 3; c++)
      tile.rgb[3 * i + c] = shade(values[i] / white, tint[c]);
  draw(tile, x, y);
}

void Canvas::text(const std::string &text, int x, int y, int scale, std::array<int, 3> colour) {
  Picture dot(scale, scale);
  for (std::size_t i = 0; i < dot.rgb.size(); i++)
    dot.rgb[i] = static_cast<std::uint8_t>(colour[i % 3]);
  for (const char character : text) {
    for (int row = 0; row < glyph_height; row++)
      for (int column = 0; column < glyph_width; column++)
        if (glyph(character)[row] >> (glyph_width - 1 - column) & 1)
          draw(dot, x + column * scale, y + row * scale);
    x += (glyph_width + 1) * scale;
  }
}
