// HDF5: headers of objects, of either version, as lists of messages.
#include "models/keras/hdf5.hpp"

namespace convforge::models::keras {
namespace {

constexpr const char *header_name = "HDF5 object header";
constexpr std::size_t most_blocks = 1000;

/// Where a header goes on.
struct HeaderBlock {
  Address place;
  std::uint64_t size;
};

HeaderBlock block_of(const HeaderMessage &continuation) {
  Cursor cursor(continuation.bytes, 0, header_name);
  const auto place = cursor.number<Address>();
  return {place, cursor.number<std::uint64_t>()};
}

/// What a message says, behind its own header, which either version has in a form of its own.
void take_bytes(Cursor &cursor, std::uint64_t end, std::uint16_t bytes, HeaderMessage &message) {
  message.place = cursor.place();
  if (bytes > end - cursor.place())
    fail(header_name, fmt::format("a message of {} bytes at {}", bytes, message.place),
         "messages that end with their block");
  message.bytes = cursor.bytes(bytes);
}

} // namespace

Header Hdf5File::header_of(Address object) {
  Cursor cursor(file_, object, header_name);
  Header header;
  if (const auto first = Cursor(cursor).number<std::uint8_t>(); first == 1)
    read_header_1(cursor, header);
  else if (first == 'O')
    read_header_2(cursor, header);
  else
    fail(header_name, fmt::format("version {} at {}", first, object), "1 or 2");
  return header;
}

void Hdf5File::add_messages_1(Cursor cursor, std::uint64_t size, Header &header,
                              std::vector<HeaderMessage> &later) {
  const std::uint64_t end = cursor.place() + size;
  while (end - cursor.place() >= 8) {
    step();
    HeaderMessage message;
    message.kind = cursor.number<std::uint16_t>();
    const auto bytes = cursor.number<std::uint16_t>();
    message.shared = (cursor.number<std::uint8_t>() & 2) != 0;
    cursor.skip(3);
    take_bytes(cursor, end, bytes, message);
    (message.kind == HeaderMessage::continuation ? later : header).push_back(message);
  }
}

void Hdf5File::read_header_1(Cursor cursor, Header &header) {
  cursor.skip(8);
  const auto size = cursor.number<std::uint32_t>();
  cursor.skip(4);
  Cursor(cursor).skip(size); // all of it must be there
  std::vector<HeaderMessage> later;
  add_messages_1(cursor, size, header, later);
  for (std::size_t i = 0; i < later.size(); ++i) {
    const HeaderBlock block = block_of(later[i]);
    if (i == most_blocks)
      fail(header_name, fmt::format("{} blocks", i), fmt::format("at most {}", most_blocks));
    Cursor next(file_, block.place, header_name);
    Cursor(next).skip(block.size);
    add_messages_1(next, block.size, header, later);
  }
}

void Hdf5File::add_messages_2(Cursor cursor, std::uint64_t size, bool ordered, Header &header,
                              std::vector<HeaderMessage> &later) {
  const std::uint64_t end = cursor.place() + size, least = ordered ? 6 : 4;
  while (end - cursor.place() >= least) {
    step();
    HeaderMessage message;
    message.kind = cursor.number<std::uint8_t>();
    const auto bytes = cursor.number<std::uint16_t>();
    message.shared = (cursor.number<std::uint8_t>() & 2) != 0;
    cursor.skip(ordered ? 2 : 0);
    take_bytes(cursor, end, bytes, message);
    (message.kind == HeaderMessage::continuation ? later : header).push_back(message);
  }
}

void Hdf5File::read_header_2(Cursor cursor, Header &header) {
  constexpr std::uint64_t checksum = 4;
  cursor.expect("OHDR");
  if (const int version = cursor.number<std::uint8_t>(); version != 2)
    fail(header_name, fmt::format("version {}", version), "1 or 2");
  const int flags = cursor.number<std::uint8_t>();
  cursor.skip(((flags & 0x20) != 0 ? 16u : 0u) + ((flags & 0x10) != 0 ? 4u : 0u));
  std::uint64_t size = 0;
  std::memcpy(&size, cursor.bytes(1u << (flags & 3)).data(), 1u << (flags & 3));
  const bool ordered = (flags & 4) != 0;
  Cursor(cursor).skip(size);
  std::vector<HeaderMessage> later;
  add_messages_2(cursor, size, ordered, header, later);
  for (std::size_t i = 0; i < later.size(); ++i) {
    const HeaderBlock block = block_of(later[i]);
    if (i == most_blocks || block.size < 4 + checksum)
      fail(header_name, fmt::format("block {} of {} bytes", i, block.size),
           fmt::format("at most {} blocks, with a signature and a checksum", most_blocks));
    Cursor next(file_, block.place, header_name);
    Cursor(next).skip(block.size);
    next.expect("OCHK");
    add_messages_2(next, block.size - 4 - checksum, ordered, header, later);
  }
}

} // namespace convforge::models::keras
