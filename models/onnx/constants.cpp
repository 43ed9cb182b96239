#include "models/onnx/constants.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fstream>

namespace convforge::models::onnx {
namespace {

namespace fs = std::filesystem;

/// An unsigned decimal number, `otherwise` where there is no text.
std::uintmax_t number_in(std::string_view text, std::uintmax_t otherwise, const std::string &field) {
  if (text.empty())
    return otherwise;
  std::uintmax_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size())
    fail(field, std::string(text), "a number of bytes");
  return number;
}

std::string_view entry(const TensorMessage &message, std::string_view key) {
  for (const auto &[name, value] : message.external_data)
    if (name == key)
      return value;
  return {};
}

/// The file beside the model that a location names.
fs::path external_file(std::string_view location, const fs::path &folder, const std::string &field) {
  const fs::path path(location);
  const bool climbs = std::ranges::any_of(path, [](const fs::path &part) { return part == ".."; });
  if (location.empty() || path.is_absolute() || climbs || location.find('\0') != location.npos)
    fail(field, std::string(location), "the path of a file beside the model, without ..");
  std::error_code code;
  const fs::path home = fs::canonical(folder.empty() ? "." : folder, code);
  const fs::path file = code ? fs::path() : fs::canonical(home / path, code);
  if (code || !fs::is_regular_file(file, code))
    fail(field, std::string(location), fmt::format("a file in {}, where the model is", folder.string()));
  const auto [rest, inside] = std::ranges::mismatch(home, file);
  if (rest != home.end())
    fail(field, std::string(location), "a file beside the model, and no link that leads out of its folder");
  return file;
}

Data external_elements(const TensorMessage &message, std::uintmax_t bytes, const fs::path &folder,
                       const std::string &field) {
  const fs::path file = external_file(entry(message, "location"), folder, field);
  const std::uintmax_t offset = number_in(entry(message, "offset"), 0, field + ": offset"),
                       size = fs::file_size(file),
                       length = number_in(entry(message, "length"), bytes, field + ": length");
  if (length != bytes || offset > size || size - offset < bytes)
    fail(field, fmt::format("{} bytes at {} of {}, which has {}", length, offset, file.string(), size),
         fmt::format("{} bytes", bytes));
  auto elements = std::make_shared<std::vector<std::byte>>(bytes);
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  if (!stream.read(reinterpret_cast<char *>(elements->data()), static_cast<std::streamsize>(bytes)))
    fail(field, file.string(), "a file that can be read");
  return elements;
}

/// Of int32_data, which is also where smaller types are, and halves as their bits.
Data from_int32(const TensorMessage &message, DataType type) {
  if (type == DataType::f16) {
    const std::vector<std::uint16_t> bits(message.int32_data.begin(), message.int32_data.end());
    return copy_of(std::as_bytes(std::span(bits)));
  }
  const std::vector<double> numbers(message.int32_data.begin(), message.int32_data.end());
  return data_of(type, numbers);
}

Data typed_elements(const TensorMessage &message, DataType type) {
  switch (type) {
  case DataType::f32:
    return copy_of(std::as_bytes(std::span(message.float_data)));
  case DataType::f64:
    return copy_of(std::as_bytes(std::span(message.double_data)));
  case DataType::s64:
    return data_of(message.int64_data);
  default:
    return from_int32(message, type);
  }
}

} // namespace

DataType data_type_of(std::int64_t number) {
  switch (number) {
  case 1:
    return DataType::f32;
  case 2:
    return DataType::u8;
  case 3:
    return DataType::s8;
  case 6:
    return DataType::s32;
  case 7:
    return DataType::s64;
  case 9:
    return DataType::boolean;
  case 10:
    return DataType::f16;
  case 11:
    return DataType::f64;
  default:
    return DataType::other;
  }
}

Tensor read_tensor(const TensorMessage &message, const fs::path &folder) {
  const std::string field = fmt::format("tensor '{}'", message.name);
  Tensor tensor{std::string(message.name), data_type_of(message.data_type), message.dims, nullptr};
  if (!all_known(message.dims))
    fail(field, text_of_shape(message.dims), "sizes of at least 0");
  if (tensor.type == DataType::other)
    return tensor;
  const auto bytes = static_cast<std::uintmax_t>(elements_of(message.dims)) * bytes_of(tensor.type);
  if (message.data_location == 1)
    tensor.data = external_elements(message, bytes, folder, field);
  else if (message.raw_data)
    tensor.data = copy_of(std::as_bytes(*message.raw_data));
  else
    tensor.data = typed_elements(message, tensor.type);
  if (tensor.data->size() != bytes)
    fail(field, fmt::format("{} bytes", tensor.data->size()),
         fmt::format("{}: {} elements of {}", bytes, text_of_shape(message.dims), name_of(tensor.type)));
  return tensor;
}

} // namespace convforge::models::onnx
