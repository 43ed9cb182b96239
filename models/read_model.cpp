#include "models/read_model.hpp"

#include "base/error.hpp"
#include "models/keras/keras_model.hpp"
#include "models/onnx/onnx_model.hpp"
#include "models/tflite/tflite_model.hpp"

#include <fmt/format.h>
#include <fstream>

namespace convforge::models {
namespace {

constexpr std::uintmax_t most_model_bytes = std::uintmax_t{2}
                                            << 30; // what protocol buffers and FlatBuffers hold

std::vector<std::uint8_t> read_bytes(const std::filesystem::path &path) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code))
    fail("model", path.string(), "a file");
  const std::uintmax_t size = std::filesystem::file_size(path);
  if (size > most_model_bytes)
    fail("model", fmt::format("{}, {} bytes", path.string(), size), "at most 2 GiB");
  std::vector<std::uint8_t> bytes(size);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char *>(bytes.data()), static_cast<std::streamsize>(size)))
    fail("model", path.string(), "a file that can be read");
  return bytes;
}

} // namespace

Graph read_model(const std::filesystem::path &path, const InputShapes &sizes) {
  const std::vector<std::uint8_t> bytes = read_bytes(path);
  try {
    if (path.extension() == ".tflite")
      return tflite::parse_tflite_model(bytes, sizes);
    if (path.extension() == ".keras" || path.extension() == ".h5")
      return keras::parse_keras_model(bytes, sizes);
    if (path.extension() != ".onnx")
      fail("model", "an unknown format", "a name that ends with .onnx, .tflite, .keras or .h5");
    return onnx::parse_onnx_model(bytes, path.parent_path(), sizes);
  } catch (const Error &error) {
    throw Error(fmt::format("{}: {}", path.string(), error.what()));
  }
}

} // namespace convforge::models
