// The header of a .npy file: the part of the reader that meets hostile text.
#pragma once

#include "problem/element_type.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

struct NpyHeader {
  std::vector<std::int64_t> shape;
  ElementType type = ElementType::f32;
  std::size_t count = 1;       ///< elements: the product of shape
  std::size_t data_offset = 0; ///< bytes before the first element
};

/// What a header calls the type: "<f4". Of all that tensors have.
std::string_view npy_descr(ElementType type);

/// More than any header of a tensor needs (NumPy itself refuses headers above 10,000 bytes).
inline constexpr std::size_t npy_header_limit = 65536;

/// Reads the header from the first bytes of a file (`npy_header_limit` of them, or the whole file) and checks
/// that exactly its data follow: data_offset + count * element_bytes == file_bytes. Throws Error; `name`
/// names the file in it.
NpyHeader parse_npy_header(std::span<const std::uint8_t> begin, std::uintmax_t file_bytes,
                           const std::string &name);

} // namespace convforge
