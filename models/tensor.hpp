// A tensor of a model: its type, what is known of its shape and, of constants, its elements.
#pragma once

#include "models/scale.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge::models {

enum class DataType { f32, f16, f64, s8, u8, s32, s64, boolean, other };
std::string_view name_of(DataType type); ///< "f32"
/// Bytes of an element; 0 of `other`.
std::size_t bytes_of(DataType type);
constexpr bool is_floating(DataType type) {
  return type == DataType::f32 || type == DataType::f16 || type == DataType::f64;
}

using Shape = std::vector<std::int64_t>;
/// A size that is not known.
inline constexpr std::int64_t unknown_size = -1;
/// "1x3x?x?"; "a number" of no axis.
std::string text_of_shape(std::span<const std::int64_t> shape);
bool all_known(std::span<const std::int64_t> shape);
/// Of a shape that is known in full. Throws Error for more than 2^40.
std::int64_t elements_of(std::span<const std::int64_t> shape);

/// Row-major elements. Shared, since reshaping a constant copies nothing.
using Data = std::shared_ptr<const std::vector<std::byte>>;

/// The constant that another one was made of, by its scale.
struct Integers {
  DataType type;
  Data data;
  Scale scale;
};

struct Tensor {
  std::string name;
  DataType type = DataType::f32;
  std::optional<Shape> shape; ///< none: not even the number of its axes is known
  Data data;                  ///< of constants, whose shape is known in full
  /// Of integers that stand for real numbers wherever they are read (TensorFlow Lite): operations are of
  /// these numbers. None: operations are of the elements as they are.
  std::optional<Scale> scale = {};
  std::shared_ptr<const Integers> integers = {}; ///< of a constant in floats: what it was made of

  /// Its shape; empty where there is none. Of constants, whose shape is known.
  const Shape &sizes() const {
    static const Shape none;
    return shape ? *shape : none;
  }
  bool constant() const { return data != nullptr; }
  bool known() const { return shape && all_known(sizes()); }
};

/// The elements of a constant as numbers. Exact, but of s64 beyond 2^53.
std::vector<double> numbers_of(const Tensor &constant);
/// The same of whole numbers, exact; fractions are cut off.
std::vector<std::int64_t> integers_of(const Tensor &constant);
/// Elements of a type, each rounded to the nearest one.
Data data_of(DataType type, std::span<const double> numbers);
Data data_of(std::span<const std::int64_t> integers); ///< s64
Data copy_of(std::span<const std::byte> bytes);

} // namespace convforge::models
