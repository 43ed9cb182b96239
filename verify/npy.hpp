// NumPy's .npy files: float32 and float16 tensors in and out. Reads format versions 1 to 3, little-endian, C
// order, '<f4' and '<f2' as they are and '<f8' where float32 holds every number of it; writes version 1.
// Files come from anywhere, so nothing in a header is believed before it is checked against the file's
// length.
#pragma once

#include "problem/element_type.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace convforge {

/// A dense row-major tensor. values.size() is the product of shape; the empty shape is one number.
struct NpyArray {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  bool from_float64 = false;           ///< converted, without rounding
  ElementType type = ElementType::f32; ///< of what is in the file; f32 for float64
};

/// Reads a whole file. Throws Error naming the file, what was found and what was expected.
NpyArray read_npy(const std::filesystem::path &path);
/// The same for a file already in memory; `name` stands for it in errors.
NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string &name);
/// The bytes of a version 1 file of elements of `type`. values.size() must be the product of shape; they are
/// rounded.
std::vector<std::uint8_t> format_npy(std::span<const std::int64_t> shape, std::span<const float> values,
                                     ElementType type = ElementType::f32);
/// "(3, 3, 8, 16)", as Python writes a shape.
std::string shape_text(std::span<const std::int64_t> shape);

} // namespace convforge
