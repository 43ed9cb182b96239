// FlatBuffers' tables, as far as TensorFlow Lite files need them. Nothing is believed before it is checked
// against the bytes that are there, and a table is read where it lies.
// (https://flatbuffers.dev/internals)
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge::models::tflite {

using Bytes = std::span<const std::uint8_t>;

[[noreturn]] void fail_damaged();

class FlatTable {
public:
  /// The file's own table. Throws Error.
  static FlatTable root(Bytes file);

  // By the field's place in the schema; what a table leaves out has its default. Throw Error for what leads
  // out of the file.
  template <typename Number>
  Number number(int field, Number otherwise) const {
    const std::size_t place = place_of(field);
    if (place == 0)
      return otherwise;
    return at<Number>(place);
  }
  std::optional<FlatTable> table(int field) const;
  std::vector<FlatTable> tables(int field) const;
  std::string_view text(int field) const;
  /// The elements of a vector of numbers; empty where there is none.
  template <typename Number>
  std::vector<Number> numbers(int field) const {
    const Bytes bytes = vector(field, sizeof(Number));
    std::vector<Number> all(bytes.size() / sizeof(Number));
    if (!bytes.empty())
      std::memcpy(all.data(), bytes.data(), bytes.size());
    return all;
  }
  Bytes bytes(int field) const { return vector(field, 1); }

private:
  FlatTable(Bytes file, std::size_t place);
  template <typename Number>
  Number at(std::size_t place) const {
    Number number;
    if (place > file_.size() || file_.size() - place < sizeof number)
      fail_damaged();
    std::memcpy(&number, file_.data() + place, sizeof number);
    return number;
  }
  /// Where a field's value lies; 0: it has none.
  std::size_t place_of(int field) const;
  /// Where an offset at a place leads to.
  std::size_t follow(std::size_t place) const { return place + at<std::uint32_t>(place); }
  Bytes vector(int field, std::size_t element) const;

  Bytes file_;
  std::size_t place_, layout_; ///< of the table, and of what says where its fields are (vtable)
};

} // namespace convforge::models::tflite
