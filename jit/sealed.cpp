#include "sealed.hpp"

#include "bytes.hpp"

#include <llvm/ADT/ArrayRef.h>
#include <llvm/Support/SHA256.h>

#include <algorithm>
#include <array>
#include <string>

namespace convforge {

namespace {

constexpr std::size_t digest_bytes = 32;

std::array<std::uint8_t, digest_bytes> sha256(std::span<const std::uint8_t> bytes) {
  return llvm::SHA256::hash(llvm::ArrayRef<std::uint8_t>(bytes.data(), bytes.size()));
}

} // namespace

std::vector<std::uint8_t> seal(const SealKind &kind, std::span<const std::uint8_t> payload) {
  ByteWriter file;
  for (const char letter : kind.magic)
    file.number(static_cast<std::uint8_t>(letter), 1);
  file.number(kind.version, 4);
  file.number(0, 4);
  file.number(payload.size(), 8);
  file.append(sha256(payload));
  file.append(payload);
  return file.take();
}

std::span<const std::uint8_t> unseal(const SealKind &kind, std::span<const std::uint8_t> bytes) {
  ByteReader file(bytes);
  expect(std::ranges::equal(file.raw("magic", kind.magic.size()), kind.magic), "magic", "other bytes",
         std::string(kind.magic));
  const std::uint64_t version = file.number("format version", 4);
  expect(version == kind.version, "format version", std::to_string(version), std::to_string(kind.version));
  expect(file.number("reserved", 4) == 0, "reserved", "not zero", "0");
  const std::uint64_t length = file.number("payload length", 8);
  const auto digest = file.raw("checksum", digest_bytes);
  expect(length == file.left(), "payload length", std::to_string(length), std::to_string(file.left()));
  const auto payload = file.raw("payload", length);
  expect(std::ranges::equal(digest, sha256(payload)), "checksum", "another one", "that of the payload");
  return payload;
}

} // namespace convforge
