#include "marks.hpp"

#include <algorithm>
#include <cmath>

namespace {

void paint(Picture &picture, int left, int top, int right, int bottom, Rgb colour) {
  for (int y = std::max(top, 0); y < std::min(bottom, picture.height); y++)
    for (int x = std::max(left, 0); x < std::min(right, picture.width); x++)
      std::copy(colour.begin(), colour.end(), picture.at(x, y));
}

int nearest(float place) {
  return static_cast<int>(std::lround(place));
}

} // namespace

float overlap(const Rectangle &a, const Rectangle &b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0)
    return 0;
  const float common = width * height;
  return common / (a.area() + b.area() - common);
}

void draw_rectangle(Picture &picture, const Rectangle &rectangle, Rgb colour, int thickness) {
  const int left = nearest(rectangle.left), right = nearest(rectangle.right);
  const int top = nearest(rectangle.top), bottom = nearest(rectangle.bottom);
  paint(picture, left, top, right, top + thickness, colour);
  paint(picture, left, bottom - thickness, right, bottom, colour);
  paint(picture, left, top, left + thickness, bottom, colour);
  paint(picture, right - thickness, top, right, bottom, colour);
}

void draw_dot(Picture &picture, float x, float y, Rgb colour, float radius) {
  for (int row = nearest(y - radius); row < nearest(y + radius); row++) {
    const float distance = static_cast<float>(row) + 0.5f - y;
    const float half = std::sqrt(std::max(radius * radius - distance * distance, 0.0f));
    paint(picture, nearest(x - half), row, nearest(x + half), row + 1, colour);
  }
}
