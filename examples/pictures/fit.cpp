#include "fit.hpp"

#include <algorithm>
#include <cmath>

namespace {

// The two elements that a place between the middles of elements is made of, and how much of it the second is.
struct Between {
  int first, second;
  float share;
};

Between between(float place, int size) {
  const float inside = std::clamp(place - 0.5f, 0.0f, static_cast<float>(size - 1));
  const int first = static_cast<int>(inside);
  return {first, std::min(first + 1, size - 1), inside - static_cast<float>(first)};
}

void mix(const Picture &from, Between x, Between y, std::uint8_t *pixel) {
  for (int c = 0; c < 3; c++) {
    const auto row = [&](int v) {
      const float first = from.at(x.first, v)[c], second = from.at(x.second, v)[c];
      return first + (second - first) * x.share;
    };
    const float above = row(y.first), below = row(y.second);
    pixel[c] = static_cast<std::uint8_t>(std::lround(above + (below - above) * y.share));
  }
}

} // namespace

Fit fit(const Picture &picture, int width, int height) {
  const auto w = static_cast<float>(picture.width), h = static_cast<float>(picture.height);
  const auto most_w = static_cast<float>(width), most_h = static_cast<float>(height);
  const float scale = std::min(most_w / w, most_h / h);
  return {scale, std::floor((most_w - w * scale) / 2), std::floor((most_h - h * scale) / 2)};
}

Picture fitted(const Picture &picture, const Fit &place, int width, int height) {
  Picture result(width, height);
  for (int v = 0; v < height; v++)
    for (int u = 0; u < width; u++) {
      const float x = place.x(static_cast<float>(u) + 0.5f), y = place.y(static_cast<float>(v) + 0.5f);
      if (x >= 0 && y >= 0 && x < static_cast<float>(picture.width) && y < static_cast<float>(picture.height))
        mix(picture, between(x, picture.width), between(y, picture.height), result.at(u, v));
    }
  return result;
}
