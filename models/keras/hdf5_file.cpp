// HDF5: the superblock, and objects by their paths.
#include "models/keras/hdf5.hpp"

namespace convforge::models::keras {
namespace {

constexpr int most_steps = 4 << 20; // a model of 1000 layers takes 50,000

void check_sizes_of_numbers(int offsets, int lengths) {
  if (offsets != 8 || lengths != 8)
    fail("HDF5 superblock", fmt::format("offsets of {} bytes, lengths of {}", offsets, lengths),
         "8 of both, as on every 64-bit machine");
}

void check_base(Address base) {
  if (base != 0)
    fail("HDF5 superblock", fmt::format("base address {}", base), "0: no block of the user's before it");
}

/// Versions 0 and 1: the root group's entry of a symbol table.
Address old_root(Cursor cursor, int version) {
  cursor.skip(4);
  const int offsets = cursor.number<std::uint8_t>(), lengths = cursor.number<std::uint8_t>();
  check_sizes_of_numbers(offsets, lengths);
  cursor.skip(version == 0 ? 9 : 13);
  check_base(cursor.number<Address>());
  cursor.skip(24 + 8);
  return cursor.number<Address>();
}

Address new_root(Cursor cursor) {
  const int offsets = cursor.number<std::uint8_t>(), lengths = cursor.number<std::uint8_t>();
  check_sizes_of_numbers(offsets, lengths);
  cursor.skip(1);
  check_base(cursor.number<Address>());
  cursor.skip(16);
  return cursor.number<Address>();
}

} // namespace

Hdf5File::Hdf5File(Bytes file, ConstantBudget &budget) : file_(file), budget_(budget) {
  Cursor cursor(file, 0, "HDF5 superblock");
  cursor.expect("\x89HDF\r\n\x1a\n");
  const int version = cursor.number<std::uint8_t>();
  if (version > 3)
    fail("HDF5 superblock", fmt::format("version {}", version), "0 to 3");
  root_ = version < 2 ? old_root(cursor, version) : new_root(cursor);
}

void Hdf5File::step() {
  if (++steps_ > most_steps)
    fail("HDF5 file", fmt::format("{} parts and more", most_steps), "no parts that refer to one another");
}

std::optional<Address> Hdf5File::find(Address group, std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (const std::string_view name = path.substr(0, end); !name.empty()) {
      const Members &all = members(group);
      const auto found = all.find(name);
      if (found == all.end())
        return std::nullopt;
      group = found->second;
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return group;
}

const HeaderMessage &needed_message(const Header &header, HeaderMessage::Kind kind, const char *name) {
  for (const HeaderMessage &message : header)
    if (message.kind == kind) {
      if (message.shared)
        fail(name, "shared with another object", "one of its own");
      return message;
    }
  fail(name, "missing", "an object that has one");
}

} // namespace convforge::models::keras
