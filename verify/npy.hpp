// NumPy's .npy files: tensors of every element type in and out. Reads format versions 1 to 3, little-endian,
// C order; writes version 1. Files come from anywhere, so nothing in a header is believed before it is
// checked against the file's length.
#pragma once

#include "verify/element.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace convforge {

/// A dense row-major tensor of as many elements as the product of shape; the empty shape is one number.
struct NpyArray {
  std::vector<std::int64_t> shape;
  ElementType type = ElementType::f32;
  Elements elements;
};

/// Reads a whole file. Throws Error naming the file, what was found and what was expected.
NpyArray read_npy(const std::filesystem::path &path);
/// The same for a file already in memory; `name` stands for it in errors.
NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string &name);
/// The numbers. Throws Error naming the file and the first one that float32 would round.
std::vector<float> floats_of(const NpyArray &array, const std::string &name = "array");
/// The bytes of a version 1 file. There must be as many elements as the product of shape.
std::vector<std::uint8_t> format_npy(const NpyArray &array);
/// The same of numbers, which are rounded to `type`.
std::vector<std::uint8_t> format_npy(std::span<const std::int64_t> shape, std::span<const float> values,
                                     ElementType type = ElementType::f32);
/// "(3, 3, 8, 16)", as Python writes a shape.
std::string shape_text(std::span<const std::int64_t> shape);

} // namespace convforge
