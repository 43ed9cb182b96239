// Zip archives, as far as .keras files need them: members that are stored or deflated, without encryption and
// without the 64-bit sizes, which files of at most 2 GiB do not have in their directory.
// (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)
#pragma once

#include "models/constant_budget.hpp"
#include "models/keras/cursor.hpp"

#include <map>
#include <string>
#include <vector>

namespace convforge::models::keras {

/// Bytes in the file itself, or inflated ones.
struct ZipMember {
  Bytes bytes;
  std::vector<std::uint8_t> inflated; ///< what `bytes` are of where it is not empty
};

class ZipArchive {
public:
  /// The archive's directory. Throws Error.
  explicit ZipArchive(Bytes file);
  /// Throws Error naming it where it is not there, damaged, or longer than `most` bytes or the budget.
  ZipMember read(const std::string &name, std::uint64_t most, ConstantBudget &budget) const;

private:
  struct Entry {
    std::uint16_t flags, method;
    std::uint32_t checksum, packed, size, place;
  };
  void add_entry(Cursor &cursor);
  Bytes packed_bytes(const Entry &entry) const;
  Bytes file_;
  std::map<std::string, Entry, std::less<>> entries_;
};

} // namespace convforge::models::keras
