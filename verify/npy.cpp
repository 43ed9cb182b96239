#include "verify/npy.hpp"

#include "base/error.hpp"
#include "verify/npy_header.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <system_error>

namespace convforge {
namespace {

static_assert(std::endian::native == std::endian::little, "the data are copied as they lie in the file");

/// `data` holds exactly the header's elements.
NpyArray decode(const NpyHeader &header, std::span<const std::uint8_t> data) {
  const auto *begin = reinterpret_cast<const std::byte *>(data.data());
  return {header.shape, header.type, Elements(begin, begin + data.size())};
}

/// Weights must not change on their way in without a word: a number that float32 would round is refused.
float narrow(double value, std::size_t index, const std::string &name) {
  const auto narrowed = static_cast<float>(value);
  if (narrowed != value && !std::isnan(value))
    throw Error(fmt::format("{}: element {} is {}, which float32 would round (expected '<f4', or '<f8' of "
                            "numbers that float32 holds: save array.astype('<f4') to have them rounded)",
                            name, index, value));
  return narrowed;
}

std::vector<std::uint8_t> read_bytes(std::ifstream &file, std::uintmax_t offset, std::uintmax_t size,
                                     const std::string &name) {
  std::vector<std::uint8_t> bytes(size);
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(reinterpret_cast<char *>(bytes.data()), static_cast<std::streamsize>(size));
  if (!file)
    throw Error(fmt::format("{}: cannot read {} bytes at {}", name, size, offset));
  return bytes;
}

} // namespace

NpyArray read_npy(const std::filesystem::path &path) {
  const std::string name = path.string();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw Error(name + ": " + (error ? error.message() : "not a regular file") + " (expected a .npy file)");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file)
    throw Error(name + ": cannot be opened (expected a .npy file that may be read)");
  const auto begin = read_bytes(file, 0, std::min<std::uintmax_t>(size, npy_header_limit), name);
  const NpyHeader header = parse_npy_header(begin, size, name);
  return decode(header, read_bytes(file, header.data_offset, size - header.data_offset, name));
}

NpyArray parse_npy(std::span<const std::uint8_t> bytes, const std::string &name) {
  const NpyHeader header =
      parse_npy_header(bytes.first(std::min(bytes.size(), npy_header_limit)), bytes.size(), name);
  return decode(header, bytes.subspan(header.data_offset));
}

std::vector<float> floats_of(const NpyArray &array, const std::string &name) {
  if (array.type == ElementType::f32 || array.type == ElementType::f16) // keeps NaN as it is
    return from_elements<float>(array.type, array.elements);
  std::vector<float> values;
  for (const double value : from_elements<double>(array.type, array.elements))
    values.push_back(narrow(value, values.size(), name));
  return values;
}

std::vector<std::uint8_t> format_npy(const NpyArray &array) {
  constexpr std::size_t prefix = 10;
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}",
                                   npy_descr(array.type), shape_text(array.shape));
  // NumPy aligns the data to 64 bytes and ends the header with a newline.
  header.append(63 - (prefix + header.size()) % 64, ' ');
  header += '\n';
  std::string begin = "\x93NUMPY";
  begin += {'\x01', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  begin += header;
  std::vector<std::uint8_t> bytes(begin.begin(), begin.end());
  const auto *data = reinterpret_cast<const std::uint8_t *>(array.elements.data());
  bytes.insert(bytes.end(), data, data + array.elements.size());
  return bytes;
}

std::vector<std::uint8_t> format_npy(std::span<const std::int64_t> shape, std::span<const float> values,
                                     ElementType type) {
  return format_npy({{shape.begin(), shape.end()}, type, to_elements(type, values)});
}

std::string shape_text(std::span<const std::int64_t> shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

} // namespace convforge
