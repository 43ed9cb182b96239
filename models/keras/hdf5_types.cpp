// HDF5: what a dataset's or an attribute's elements are, and how many.
#include "models/keras/hdf5.hpp"

namespace convforge::models::keras {
namespace {

constexpr int most_axes = 8;
constexpr std::uint64_t most_of_an_axis = std::uint64_t{1} << 40;

DataType integer_type(std::uint32_t bytes, bool with_sign) {
  switch (bytes) {
  case 1:
    return with_sign ? DataType::s8 : DataType::u8;
  case 4:
    return with_sign ? DataType::s32 : DataType::other;
  case 8:
    return with_sign ? DataType::s64 : DataType::other;
  default:
    return DataType::other;
  }
}

/// IEEE's: of as many bits of exponent and mantissa as its formats have.
DataType floating_type(Cursor properties, std::uint32_t bytes) {
  properties.skip(4);
  const int exponent_place = properties.number<std::uint8_t>(), exponent = properties.number<std::uint8_t>(),
            mantissa_place = properties.number<std::uint8_t>(), mantissa = properties.number<std::uint8_t>();
  const auto is = [&](std::uint32_t size, int exponent_bits, int mantissa_bits) {
    return bytes == size && exponent == exponent_bits && mantissa == mantissa_bits && mantissa_place == 0 &&
           exponent_place == mantissa_bits;
  };
  if (is(2, 5, 10))
    return DataType::f16;
  if (is(4, 8, 23))
    return DataType::f32;
  return is(8, 11, 52) ? DataType::f64 : DataType::other;
}

} // namespace

ElementKind element_kind(Bytes message) {
  Cursor cursor(message, 0, "HDF5 datatype");
  const auto type = cursor.number<std::uint32_t>();
  const std::uint32_t version = type >> 4 & 15, kind = type & 15, bits = type >> 8;
  ElementKind element;
  element.bytes = cursor.number<std::uint32_t>();
  element.words = fmt::format("class {} of {} bytes, bits {:#x}", kind, element.bytes, bits);
  if (version < 1 || version > 3)
    fail("HDF5 datatype", fmt::format("version {}", version), "1 to 3");
  constexpr std::uint32_t integer = 0, floating = 1, text = 3, variable = 9;
  const bool little_endian = (bits & 1) == 0;
  if (kind == integer && little_endian)
    element.number = integer_type(element.bytes, (bits & 8) != 0);
  else if (kind == floating && (bits & 0x41) == 0)
    element.number = floating_type(cursor, element.bytes);
  else if (kind == text)
    element.kind = ElementKind::Kind::fixed_text;
  else if (kind == variable && (bits & 15) == 1 && element.bytes == 16)
    element.kind = ElementKind::Kind::variable_text;
  if (element.number != DataType::other)
    element.kind = ElementKind::Kind::number;
  return element;
}

Shape shape_of_dataspace(Bytes message) {
  Cursor cursor(message, 0, "HDF5 dataspace");
  const int version = cursor.number<std::uint8_t>(), rank = cursor.number<std::uint8_t>();
  if (version < 1 || version > 2 || rank > most_axes)
    fail("HDF5 dataspace", fmt::format("version {}, {} axes", version, rank),
         fmt::format("version 1 or 2, at most {} axes", most_axes));
  cursor.skip(1);
  constexpr int none = 2;
  if (const int type = version == 2 ? cursor.number<std::uint8_t>() : 0; type == none)
    fail("HDF5 dataspace", "null", "one with elements");
  cursor.skip(version == 1 ? 5 : 0);
  Shape shape;
  for (int i = 0; i < rank; ++i) {
    const auto size = cursor.number<std::uint64_t>();
    if (size > most_of_an_axis)
      fail("HDF5 dataspace", fmt::format("{} places of an axis", size),
           fmt::format("at most {}", most_of_an_axis));
    shape.push_back(static_cast<std::int64_t>(size));
  }
  return shape;
}

} // namespace convforge::models::keras
