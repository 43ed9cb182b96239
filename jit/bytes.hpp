// Numbers and strings as little-endian bytes, for files; and what is expected of those read.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace convforge {

/// Throws Error unless `right`.
inline void expect(bool right, const char *field, const std::string &value, const std::string &expected) {
  if (!right)
    fail(field, value, expected);
}

class ByteWriter {
public:
  void number(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
      bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void append(std::span<const std::uint8_t> more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
  /// Its length, then its bytes.
  template <typename Container>
  void block(const Container &data) {
    number(data.size(), 8);
    bytes_.insert(bytes_.end(), data.begin(), data.end());
  }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

private:
  std::vector<std::uint8_t> bytes_;
};

/// Every function throws Error, naming `field`, when the bytes end before it does.
class ByteReader {
public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint64_t number(const char *field, int bytes) {
    std::uint64_t value = 0;
    int shift = 0;
    for (const std::uint8_t byte : raw(field, static_cast<std::uint64_t>(bytes))) {
      value |= std::uint64_t{byte} << shift;
      shift += 8;
    }
    return value;
  }
  std::span<const std::uint8_t> raw(const char *field, std::uint64_t size) {
    if (size > bytes_.size())
      fail(field, std::to_string(size) + " bytes",
           "at most " + std::to_string(bytes_.size()) + ", which are left");
    const auto part = bytes_.first(static_cast<std::size_t>(size));
    bytes_ = bytes_.subspan(part.size());
    return part;
  }
  /// What block() wrote.
  std::span<const std::uint8_t> block(const char *field) { return raw(field, number(field, 8)); }
  std::size_t left() const { return bytes_.size(); }

private:
  std::span<const std::uint8_t> bytes_;
};

} // namespace convforge
