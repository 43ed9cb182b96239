// Little-endian numbers and pieces of a file, one after another. Nothing is believed before it is checked
// against the bytes that are there.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <span>
#include <string_view>

namespace convforge::models::keras {

using Bytes = std::span<const std::uint8_t>;

inline std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

class Cursor {
public:
  /// `what`: how errors call the thing that lies there; a literal.
  Cursor(Bytes file, std::uint64_t place, const char *what) : file_(file), place_(place), what_(what) {}

  template <typename Number>
  Number number() {
    Number value;
    std::memcpy(&value, bytes(sizeof value).data(), sizeof value);
    return value;
  }
  Bytes bytes(std::uint64_t count) {
    if (place_ > file_.size() || file_.size() - place_ < count)
      fail(what_, fmt::format("{} bytes at {}", count, place_),
           fmt::format("bytes inside of the {} that are there", file_.size()));
    const Bytes piece = file_.subspan(place_, count);
    place_ += count;
    return piece;
  }
  void skip(std::uint64_t count) { bytes(count); }
  void expect(std::string_view signature) {
    const std::uint64_t place = place_;
    if (text_of(bytes(signature.size())) != signature)
      fail(what_, fmt::format("other bytes at {}", place), fmt::format("the signature {}", signature));
  }
  std::uint64_t place() const { return place_; }
  std::uint64_t left() const { return place_ > file_.size() ? 0 : file_.size() - place_; }

private:
  Bytes file_;
  std::uint64_t place_;
  const char *what_;
};

} // namespace convforge::models::keras
