// libFuzzer's hook for formats with a checksum: half of the mutations are of the payload alone, which then
// gets a right header, so that what lies behind the checksum is met, too.
#include "bytes.hpp"
#include "fuzz/mutate.hpp"

#include <llvm/ADT/ArrayRef.h>
#include <llvm/Support/SHA256.h>

#include <algorithm>

namespace {

constexpr std::size_t header_bytes = 56, kind_bytes = 16; // magic, version and zero

/// The header of a payload (jit/sealed.hpp), whose kind stays what it is.
std::vector<std::uint8_t> header_of(std::span<const std::uint8_t> kind,
                                    std::span<const std::uint8_t> payload) {
  convforge::ByteWriter header;
  header.append(kind);
  header.number(payload.size(), 8);
  header.append(llvm::SHA256::hash(llvm::ArrayRef<std::uint8_t>(payload.data(), payload.size())));
  return header.take();
}

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  if (seed % 2 == 0 || size < header_bytes || max_size <= header_bytes)
    return LLVMFuzzerMutate(data, size, max_size);
  std::uint8_t *const payload = data + header_bytes;
  const std::size_t bytes = LLVMFuzzerMutate(payload, size - header_bytes, max_size - header_bytes);
  std::ranges::copy(header_of({data, kind_bytes}, {payload, bytes}), data);
  return header_bytes + bytes;
}
