// Protocol buffers' wire format, as far as ONNX files need it: the fields of a message, one after another.
// Nothing is copied, and nothing is believed before it is checked against the bytes that are there.
// (https://protobuf.dev/programming-guides/encoding)
//
// Why not libprotobuf and libonnx: the shape inference of Debian 12's onnx 1.12 dies on models whose sizes do
// not fit, leaves a fifth of a text detector's convolutions without a shape, and ends at operator set 17.
// What is left to take from there is this file.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace convforge::models::onnx {

using Bytes = std::span<const std::uint8_t>;

class Fields {
public:
  explicit Fields(Bytes message) : rest_(message) {}
  /// Moves to the next field; false at the end of the message. Throws Error for what is no field.
  bool next();
  int number() const { return number_; } ///< which field it is
  // What it holds. Throw Error where the field is of another kind.
  std::int64_t integer() const;
  float number32() const;
  Bytes bytes() const;
  std::string_view text() const;
  // A repeated field holds one number, or several in a row.
  void append_to(std::vector<std::int64_t> &integers) const;
  void append_to(std::vector<float> &numbers) const;
  void append_to(std::vector<double> &numbers) const;

private:
  enum class Kind { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
  void expect(Kind kind) const;

  Bytes rest_, content_; ///< content: of `bytes`, and of the fixed ones
  int number_ = 0;
  Kind kind_ = Kind::varint;
  std::uint64_t varint_ = 0;
};

} // namespace convforge::models::onnx
