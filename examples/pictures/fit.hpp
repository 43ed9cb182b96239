// A whole picture as what a network of one size looks at, and back from there.
#pragma once

#include "picture.hpp"

#include <vector>

/// Where a picture lies in another one: as large as it can be with its aspect, in the middle.
struct Fit {
  float scale = 1, left = 0, top = 0;

  /// Of a point of the network's picture, in the original.
  float x(float fitted) const { return (fitted - left) / scale; }
  float y(float fitted) const { return (fitted - top) / scale; }
};

Fit fit(const Picture &picture, int width, int height);
/// Resampled linearly; what the picture does not cover is black.
Picture fitted(const Picture &picture, const Fit &place, int width, int height);
