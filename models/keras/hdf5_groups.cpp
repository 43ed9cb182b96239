// HDF5: the members of groups, in symbol tables (B-trees of version 1) or as links in the group's header.
#include "models/keras/hdf5.hpp"

namespace convforge::models::keras {
namespace {

constexpr std::size_t most_member_name = 1024;

void add_member(std::string name, Address object, ConstantBudget &budget, Hdf5File::Members &members) {
  constexpr std::size_t bytes_of_member = 64;
  budget.take(bytes_of_member + name.size());
  if (!members.emplace(name, object).second)
    fail("HDF5 group", fmt::format("'{}' twice", name), "each member once");
}

/// A name in a local heap, which ends with a zero.
std::string name_in(Bytes names, std::uint64_t place) {
  const std::string_view all = text_of(names);
  const std::size_t end = place < all.size() ? all.find('\0', place) : all.npos;
  if (end == all.npos || end - place > most_member_name)
    fail("HDF5 group", fmt::format("a name at {} of its heap's {} bytes", place, names.size()),
         fmt::format("names of at most {} bytes with a zero behind them", most_member_name));
  return std::string(all.substr(place, end - place));
}

Bytes local_heap(Bytes file, Address place) {
  Cursor cursor(file, place, "HDF5 local heap");
  cursor.expect("HEAP");
  cursor.skip(4);
  const auto size = cursor.number<std::uint64_t>();
  cursor.skip(8);
  return Cursor(file, cursor.number<Address>(), "HDF5 local heap").bytes(size);
}

/// Links in a fractal heap, which files of newer versions have for many members.
void refuse_dense_links(const HeaderMessage &info) {
  Cursor cursor(info.bytes, 0, "HDF5 link info");
  cursor.skip(1);
  cursor.skip((cursor.number<std::uint8_t>() & 1) != 0 ? 8 : 0);
  if (cursor.number<Address>() != undefined_address)
    fail("HDF5 group", "links in a fractal heap",
         "a symbol table or links in the header: files that h5py writes with libver='earliest'");
}

} // namespace

const Hdf5File::Members &Hdf5File::members(Address group) {
  if (const auto known = members_.find(group); known != members_.end())
    return known->second;
  Members members;
  for (const HeaderMessage &message : header_of(group))
    if (message.kind == HeaderMessage::symbol_table)
      add_symbols(message, members);
    else if (message.kind == HeaderMessage::link)
      add_link(message, members);
    else if (message.kind == HeaderMessage::link_info)
      refuse_dense_links(message);
  return members_[group] = std::move(members);
}

void Hdf5File::add_symbols(const HeaderMessage &table, Members &members) {
  Cursor cursor(table.bytes, 0, "HDF5 symbol table");
  const auto tree = cursor.number<Address>(), heap = cursor.number<Address>();
  Cursor node(file_, tree, "HDF5 B-tree");
  node.expect("TREE");
  node.skip(1);
  add_symbol_node(tree, local_heap(file_, heap), node.number<std::uint8_t>(), members);
}

/// Levels fall to 0, under which are the nodes with symbols.
void Hdf5File::add_symbol_node(Address place, Bytes names, int level, Members &members) {
  step();
  Cursor node(file_, place, "HDF5 B-tree");
  if (level < 0) {
    node.expect("SNOD");
    node.skip(2);
    for (int left = node.number<std::uint16_t>(); left > 0; --left) {
      step();
      const auto name = node.number<std::uint64_t>();
      const auto object = node.number<Address>();
      constexpr std::uint32_t soft_link = 2;
      if (node.number<std::uint32_t>() != soft_link)
        add_member(name_in(names, name), object, budget_, members);
      node.skip(20);
    }
    return;
  }
  node.expect("TREE");
  const int type = node.number<std::uint8_t>(), own_level = node.number<std::uint8_t>();
  if (type != 0 || own_level != level)
    fail("HDF5 B-tree", fmt::format("type {}, level {}", type, own_level),
         fmt::format("type 0, level {}", level));
  const int children = node.number<std::uint16_t>();
  node.skip(16);
  for (int i = 0; i < children; ++i) {
    node.skip(8);
    add_symbol_node(node.number<Address>(), names, level - 1, members);
  }
}

void Hdf5File::add_link(const HeaderMessage &link, Members &members) {
  Cursor cursor(link.bytes, 0, "HDF5 link");
  const int version = cursor.number<std::uint8_t>(), flags = cursor.number<std::uint8_t>();
  if (version != 1)
    fail("HDF5 link", fmt::format("version {}", version), "1");
  const int type = (flags & 8) != 0 ? cursor.number<std::uint8_t>() : 0;
  cursor.skip(((flags & 4) != 0 ? 8u : 0u) + ((flags & 16) != 0 ? 1u : 0u));
  std::uint64_t size = 0;
  std::memcpy(&size, cursor.bytes(1u << (flags & 3)).data(), 1u << (flags & 3));
  if (size > most_member_name)
    fail("HDF5 link", fmt::format("a name of {} bytes", size), fmt::format("at most {}", most_member_name));
  std::string name(text_of(cursor.bytes(size)));
  if (type == 0)
    add_member(std::move(name), cursor.number<Address>(), budget_, members);
}

} // namespace convforge::models::keras
