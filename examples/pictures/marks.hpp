// What was found, drawn into a picture. Whatever lies outside of it is left out.
#pragma once

#include "picture.hpp"

#include <array>

using Rgb = std::array<std::uint8_t, 3>;

/// From its corner to right below its last pixel, in pixels of the picture.
struct Rectangle {
  float left = 0, top = 0, right = 0, bottom = 0;

  float area() const { return (right - left) * (bottom - top); }
};

/// The share of two rectangles together that is in both.
float overlap(const Rectangle &a, const Rectangle &b);

/// Its outline, `thickness` pixels wide, inwards.
void draw_rectangle(Picture &picture, const Rectangle &rectangle, Rgb colour, int thickness = 2);
/// A disc.
void draw_dot(Picture &picture, float x, float y, Rgb colour, float radius = 4);
