#include "models/tflite/flat_tensors.hpp"

#include "base/error.hpp"
#include "models/tflite/flat_quantisation.hpp"
#include "models/tflite/schema.hpp"

#include <fmt/format.h>

namespace convforge::models::tflite {
namespace {

DataType type_of(int number) {
  switch (number) {
  case 0:
    return DataType::f32;
  case 1:
    return DataType::f16;
  case 2:
    return DataType::s32;
  case 3:
    return DataType::u8;
  case 4:
    return DataType::s64;
  case 6:
    return DataType::boolean;
  case 9:
    return DataType::s8;
  case 10:
    return DataType::f64;
  default:
    return DataType::other;
  }
}

/// A vector of the union SparseIndexVector: integers of 32 bits, or of 16 or 8 without a sign.
std::vector<std::int64_t> indices_of(const FlatTable &level, int type_field, int field) {
  const auto table = level.table(field);
  if (!table)
    return {};
  const auto widened = [](const auto &numbers) {
    return std::vector<std::int64_t>(numbers.begin(), numbers.end());
  };
  switch (level.number<std::uint8_t>(type_field, 0)) {
  case 1:
    return widened(table->numbers<std::int32_t>(dimension::values));
  case 2:
    return widened(table->numbers<std::uint16_t>(dimension::values));
  case 3:
    return widened(table->numbers<std::uint8_t>(dimension::values));
  default:
    return {};
  }
}

SparseConstant sparse_constant(const FlatTable &table, Bytes values) {
  SparseConstant sparse{
      table.numbers<int>(sparsity::traversal_order), table.numbers<int>(sparsity::block_map), {}, values};
  for (const FlatTable &level : table.tables(sparsity::dimensions)) {
    if (sparse.levels.size() == 16) // twice the axes that tensors have
      throw Error("sparsity: more than 16 levels");
    sparse.levels.push_back({level.number<std::int8_t>(dimension::format, 0) == 0,
                             level.number<std::int32_t>(dimension::dense_size, 0),
                             indices_of(level, dimension::segments_type, dimension::segments),
                             indices_of(level, dimension::indices_type, dimension::indices)});
  }
  return sparse;
}

/// In the file, or behind what offsets of 32 bits reach.
Bytes buffer_bytes(const FlatTable &table, Bytes file) {
  const auto offset = table.number<std::uint64_t>(buffer::offset, 0),
             size = table.number<std::uint64_t>(buffer::size, 0);
  if (offset <= 1)
    return table.bytes(buffer::data);
  if (offset > file.size() || size > file.size() - offset)
    fail_damaged();
  return file.subspan(offset, size);
}

void read_data(const FlatTable &table, Bytes bytes, ConstantBudget &budget, FlatTensor &read) {
  Tensor &tensor = read.tensor;
  if (const auto sparse = table.table(tflite::tensor::sparsity)) {
    read.sparse = sparse_constant(*sparse, bytes);
    return;
  }
  const auto expected =
      static_cast<std::uint64_t>(elements_of(tensor.sizes())) * models::bytes_of(tensor.type);
  if (bytes.size() != expected)
    fail(fmt::format("tensor '{}'", tensor.name), fmt::format("{} bytes", bytes.size()),
         fmt::format("{}: {} elements of {}", expected, text_of_shape(tensor.sizes()), name_of(tensor.type)));
  budget.take(bytes.size());
  tensor.data = copy_of(std::as_bytes(bytes));
}

} // namespace

FlatTensor read_tensor(const FlatTable &table, const std::vector<FlatTable> &buffers, Bytes file,
                       ConstantBudget &budget) {
  constexpr std::size_t most_characters = 1024, most_axes = 16;
  FlatTensor read;
  Tensor &tensor = read.tensor;
  tensor.name = table.text(tflite::tensor::name).substr(0, most_characters);
  tensor.type = type_of(table.number<std::int8_t>(tflite::tensor::type, 0));
  const std::vector<std::int32_t> shape = table.numbers<std::int32_t>(tflite::tensor::shape);
  tensor.shape = Shape(shape.begin(), shape.end());
  if (shape.size() > most_axes)
    fail(fmt::format("tensor '{}'", tensor.name), fmt::format("{} axes", shape.size()), "at most 16");
  tensor.scale = read_scale(table, tensor, budget);
  const auto number = table.number<std::uint32_t>(tflite::tensor::buffer, 0);
  if (number >= buffers.size())
    fail(fmt::format("tensor '{}'", tensor.name), fmt::format("buffer {}", number),
         fmt::format("one of {}", buffers.size()));
  const Bytes bytes = buffer_bytes(buffers[number], file);
  if (!bytes.empty() && tensor.known() && tensor.type != DataType::other)
    read_data(table, bytes, budget, read);
  return read;
}

} // namespace convforge::models::tflite
