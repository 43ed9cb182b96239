#include "models/onnx/wire.hpp"

#include "base/error.hpp"

#include <cstring>
#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

[[noreturn]] void fail_truncated() {
  throw Error("the file ends within a field: it is truncated, or no ONNX file");
}

Bytes take(Bytes &rest, std::uint64_t count) {
  if (count > rest.size())
    fail_truncated();
  const Bytes taken = rest.first(static_cast<std::size_t>(count));
  rest = rest.subspan(static_cast<std::size_t>(count));
  return taken;
}

std::uint64_t take_varint(Bytes &rest) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = take(rest, 1)[0];
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80)
      return value;
  }
  throw Error("a number of more than ten bytes: the file is damaged, or no ONNX file");
}

/// Little-endian, as this machine is (base of every host that ConvForge's tools run on).
template <typename Number>
Number number_of(Bytes bytes) {
  Number number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

template <typename Number>
void append_fixed(Bytes bytes, std::vector<Number> &numbers) {
  if (bytes.size() % sizeof(Number) != 0)
    fail_truncated();
  const std::size_t before = numbers.size();
  numbers.resize(before + bytes.size() / sizeof(Number));
  if (!bytes.empty())
    std::memcpy(numbers.data() + before, bytes.data(), bytes.size());
}

} // namespace

bool Fields::next() {
  if (rest_.empty())
    return false;
  const std::uint64_t tag = take_varint(rest_);
  if (tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
    throw Error(fmt::format("a field number of {}: the file is damaged, or no ONNX file", tag >> 3));
  number_ = static_cast<int>(tag >> 3);
  kind_ = static_cast<Kind>(tag & 7);
  switch (kind_) {
  case Kind::varint:
    varint_ = take_varint(rest_);
    return true;
  case Kind::fixed64:
    content_ = take(rest_, 8);
    return true;
  case Kind::bytes:
    content_ = take(rest_, take_varint(rest_));
    return true;
  case Kind::fixed32:
    content_ = take(rest_, 4);
    return true;
  }
  throw Error(fmt::format("a field of wire type {}: the file is damaged, or no ONNX file", tag & 7));
}

void Fields::expect(Kind kind) const {
  if (kind_ != kind)
    throw Error(fmt::format(
        "field {} of a message has wire type {} (expected {}): the file is damaged, or no ONNX file", number_,
        static_cast<int>(kind_), static_cast<int>(kind)));
}

std::int64_t Fields::integer() const {
  expect(Kind::varint);
  return static_cast<std::int64_t>(varint_);
}

float Fields::number32() const {
  expect(Kind::fixed32);
  return number_of<float>(content_);
}

Bytes Fields::bytes() const {
  expect(Kind::bytes);
  return content_;
}

std::string_view Fields::text() const {
  const Bytes content = bytes();
  return {reinterpret_cast<const char *>(content.data()), content.size()};
}

void Fields::append_to(std::vector<std::int64_t> &integers) const {
  if (kind_ == Kind::varint) {
    integers.push_back(integer());
    return;
  }
  for (Bytes packed = bytes(); !packed.empty();)
    integers.push_back(static_cast<std::int64_t>(take_varint(packed)));
}

void Fields::append_to(std::vector<float> &numbers) const {
  append_fixed(kind_ == Kind::fixed32 ? content_ : bytes(), numbers);
}

void Fields::append_to(std::vector<double> &numbers) const {
  append_fixed(kind_ == Kind::fixed64 ? content_ : bytes(), numbers);
}

} // namespace convforge::models::onnx
