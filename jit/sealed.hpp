// Bytes with a header that tells whether they are whole: the files of the disk cache.
//
//   magic (8 letters)   format version u32   zero u32   payload bytes u64   SHA-256 of the payload   payload
//
// Numbers are little-endian. A checksum tells damage, not malice (private_file.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace convforge {

/// What a file holds, and in which version of its format.
struct SealKind {
  std::string_view magic; ///< 8 letters
  std::uint32_t version = 0;
};

std::vector<std::uint8_t> seal(const SealKind &kind, std::span<const std::uint8_t> payload);
/// The payload of sealed bytes, a part of them. Throws Error naming the first field of the header that is
/// wrong.
std::span<const std::uint8_t> unseal(const SealKind &kind, std::span<const std::uint8_t> bytes);

} // namespace convforge
