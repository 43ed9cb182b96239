// Drawing: pictures, feature maps and text on one big picture.
#pragma once

#include "filters.hpp"
#include "picture.hpp"

#include <string>

/// One channel of an NHWC tensor.
struct FeatureMap {
  const float *values; ///< of the whole tensor
  int width, height, channels, channel;
  float at(int x, int y) const {
    return values[(static_cast<std::size_t>(y) * width + x) * channels + channel];
  }
};

class Canvas {
public:
  Canvas(int width, int height);
  void draw(const Picture &picture, int x, int y);
  /// The map from black through its tint to white, scaled so that its brightest percent is white; shrunk by a
  /// whole factor to `size` pixels, each the mean of those it stands for.
  void draw(const FeatureMap &map, std::array<int, 3> tint, int size, int x, int y);
  /// Each glyph pixel is `scale` pixels wide.
  void text(const std::string &text, int x, int y, int scale = 2,
            std::array<int, 3> colour = {225, 225, 225});
  const Picture &picture() const { return picture_; }

private:
  Picture picture_;
};
