// Colour pictures: read, cut to size, written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb; ///< height x width x 3

  Picture() = default;
  Picture(int w, int h) : width(w), height(h), rgb(static_cast<std::size_t>(w) * h * 3) {}
  std::uint8_t *at(int x, int y) { return &rgb[(static_cast<std::size_t>(y) * width + x) * 3]; }
  const std::uint8_t *at(int x, int y) const { return &rgb[(static_cast<std::size_t>(y) * width + x) * 3]; }
};

/// Reads a PNG or JPEG file. Throws std::runtime_error naming the file and what is wrong with it.
Picture read_picture(const std::string &path);
/// Throws std::runtime_error.
void write_png(const std::string &path, const Picture &picture);
/// The largest centred part of the aspect asked for, resampled: each pixel is the mean of what it covers.
Picture cut_to(const Picture &picture, int width, int height);

// One file format each; read_picture() tells them apart by their first bytes.
Picture read_png(const std::string &path);
Picture read_jpeg(const std::string &path);
