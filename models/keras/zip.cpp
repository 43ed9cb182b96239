#include "models/keras/zip.hpp"

#include "models/keras/inflate.hpp"

#include <algorithm>

namespace convforge::models::keras {
namespace {

constexpr std::size_t end_size = 22, most_comment = 65535, most_name = 1024;

/// Where the record at the archive's end begins: only a comment may follow.
std::size_t place_of_end(Bytes file) {
  const std::string_view text = text_of(file);
  const std::size_t first = file.size() - std::min(file.size(), end_size + most_comment);
  const std::size_t place = text.rfind("PK\5\6");
  if (place == text.npos || place < first || file.size() - place < end_size)
    fail("zip archive", fmt::format("{} bytes without a directory", file.size()),
         "an archive: the file may have been cut off");
  return place;
}

} // namespace

ZipArchive::ZipArchive(Bytes file) : file_(file) {
  Cursor end(file, place_of_end(file) + 4, "end of the zip archive");
  end.skip(6);
  const auto count = end.number<std::uint16_t>();
  end.skip(4);
  Cursor directory(file, end.number<std::uint32_t>(), "directory of the zip archive");
  for (int i = 0; i < count; ++i)
    add_entry(directory);
}

void ZipArchive::add_entry(Cursor &cursor) {
  Entry entry{};
  cursor.expect("PK\1\2");
  cursor.skip(4);
  entry.flags = cursor.number<std::uint16_t>(), entry.method = cursor.number<std::uint16_t>();
  cursor.skip(4);
  entry.checksum = cursor.number<std::uint32_t>();
  entry.packed = cursor.number<std::uint32_t>(), entry.size = cursor.number<std::uint32_t>();
  const auto name = cursor.number<std::uint16_t>(), extra = cursor.number<std::uint16_t>(),
             comment = cursor.number<std::uint16_t>();
  cursor.skip(8);
  entry.place = cursor.number<std::uint32_t>();
  const std::string_view text = text_of(cursor.bytes(name));
  cursor.skip(std::uint64_t{extra} + comment);
  if (text.size() <= most_name && !entries_.emplace(text, entry).second)
    fail("zip archive", fmt::format("'{}' twice", text), "each member once");
}

Bytes ZipArchive::packed_bytes(const Entry &entry) const {
  Cursor cursor(file_, entry.place, "member of the zip archive");
  cursor.expect("PK\3\4");
  cursor.skip(22);
  const auto name = cursor.number<std::uint16_t>(), extra = cursor.number<std::uint16_t>();
  cursor.skip(std::uint64_t{name} + extra);
  return cursor.bytes(entry.packed);
}

ZipMember ZipArchive::read(const std::string &name, std::uint64_t most, ConstantBudget &budget) const {
  const auto found = entries_.find(name);
  if (found == entries_.end())
    fail("zip archive", "no " + name, "a file that Keras saved, with config.json and model.weights.h5");
  const Entry &entry = found->second;
  constexpr std::uint16_t encrypted = 1, stored = 0, deflated = 8;
  if ((entry.flags & encrypted) != 0 || (entry.method != stored && entry.method != deflated))
    fail(name, fmt::format("flags {:#x}, method {}", entry.flags, entry.method),
         "a member that is stored or deflated, without encryption");
  if (entry.size > most)
    fail(name, fmt::format("{} bytes", entry.size), fmt::format("at most {}", most));
  ZipMember member{packed_bytes(entry), {}};
  if (entry.method == deflated) {
    budget.take(entry.size);
    member.inflated = inflated(member.bytes, entry.size, DeflateForm::raw);
    member.bytes = member.inflated;
  }
  if (member.bytes.size() != entry.size || checksum_of(member.bytes) != entry.checksum)
    fail(name, "damaged", "bytes of the checksum that the archive's directory says");
  return member;
}

} // namespace convforge::models::keras
