// HDF5: attributes that are texts, of a fixed length or in the file's global heap.
#include "models/keras/hdf5.hpp"

namespace convforge::models::keras {
namespace {

constexpr std::uint64_t most_texts = 1 << 20;

/// An attribute's parts. Those of version 1 are padded to eight bytes.
struct AttributeParts {
  std::string_view name;
  Bytes type, space;
  Bytes data; ///< all that is left of the message
  bool shared = false;
};

AttributeParts parts_of_attribute(Bytes message) {
  Cursor cursor(message, 0, "HDF5 attribute");
  const int version = cursor.number<std::uint8_t>(), flags = cursor.number<std::uint8_t>();
  if (version < 1 || version > 3)
    fail("HDF5 attribute", fmt::format("version {}", version), "1 to 3");
  const auto name = cursor.number<std::uint16_t>(), type = cursor.number<std::uint16_t>(),
             space = cursor.number<std::uint16_t>();
  cursor.skip(version == 3 ? 1 : 0); // how the name is encoded: UTF-8 is a superset of the other
  const auto take = [&](std::uint16_t size) {
    const Bytes bytes = cursor.bytes(size);
    if (version == 1)
      cursor.skip((8 - size % 8) % 8);
    return bytes;
  };
  AttributeParts parts;
  const std::string_view text = text_of(take(name));
  parts.name = text.substr(0, text.find('\0'));
  parts.type = take(type), parts.space = take(space), parts.data = cursor.bytes(cursor.left());
  parts.shared = version > 1 && flags != 0;
  return parts;
}

/// Attributes of newer files that are not in the header.
bool has_dense_attributes(const Header &header) {
  for (const HeaderMessage &message : header)
    if (message.kind == HeaderMessage::attribute_info) {
      Cursor cursor(message.bytes, 0, "HDF5 attribute info");
      cursor.skip(1);
      cursor.skip((cursor.number<std::uint8_t>() & 1) != 0 ? 2 : 0);
      return cursor.number<Address>() != undefined_address;
    }
  return false;
}

} // namespace

std::string Hdf5File::heap_text(Bytes element) {
  Cursor cursor(element, 0, "HDF5 text");
  const auto size = cursor.number<std::uint32_t>();
  const auto heap = cursor.number<Address>();
  const auto wanted = cursor.number<std::uint32_t>();
  if (size == 0)
    return {};
  Cursor collection(file_, heap, "HDF5 global heap");
  collection.expect("GCOL");
  collection.skip(4);
  const auto heap_size = collection.number<std::uint64_t>();
  const std::uint64_t end = heap + std::min<std::uint64_t>(heap_size, file_.size());
  while (collection.place() < end) {
    step();
    const int index = collection.number<std::uint16_t>();
    collection.skip(6);
    const auto length = collection.number<std::uint64_t>();
    if (index == 0)
      break;
    const Bytes bytes = collection.bytes(length);
    if (static_cast<std::uint32_t>(index) == wanted && size <= length) {
      budget_.take(size);
      return std::string(text_of(bytes.first(size)));
    }
    collection.skip((8 - length % 8) % 8);
  }
  fail("HDF5 global heap", fmt::format("no object {} of {} bytes at {}", wanted, size, heap),
       "the text of an attribute");
}

std::optional<std::vector<std::string>> Hdf5File::texts(Address object, std::string_view name) {
  const Header header = header_of(object);
  for (const HeaderMessage &message : header) {
    if (message.kind != HeaderMessage::attribute || message.shared)
      continue;
    const AttributeParts parts = parts_of_attribute(message.bytes);
    if (parts.name != name)
      continue;
    if (parts.shared)
      fail(fmt::format("HDF5 attribute {}", name), "of a type elsewhere in the file", "a type of its own");
    const auto count = static_cast<std::uint64_t>(elements_of(shape_of_dataspace(parts.space)));
    const ElementKind kind = element_kind(parts.type);
    std::vector<std::string> texts;
    if (count == 0)
      return texts; // h5py writes an empty list as numbers
    if (kind.kind != ElementKind::Kind::fixed_text && kind.kind != ElementKind::Kind::variable_text)
      fail(fmt::format("HDF5 attribute {}", name), kind.words, "text");
    if (kind.bytes == 0 || count > most_texts || parts.data.size() / kind.bytes < count)
      fail(fmt::format("HDF5 attribute {}", name),
           fmt::format("{} texts of {} bytes in {}", count, kind.bytes, parts.data.size()),
           "a text for each place");
    for (std::uint64_t i = 0; i < count; ++i) {
      const Bytes element = parts.data.subspan(i * kind.bytes, kind.bytes);
      if (kind.kind == ElementKind::Kind::variable_text)
        texts.push_back(heap_text(element));
      else if (const std::string_view text = text_of(element); true)
        texts.emplace_back(text.substr(0, text.find('\0')));
    }
    return texts;
  }
  if (has_dense_attributes(header))
    fail(fmt::format("HDF5 attribute {}", name), "in a fractal heap", "one in the object's header");
  return std::nullopt;
}

} // namespace convforge::models::keras
