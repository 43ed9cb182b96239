#include "models/keras/inflate.hpp"

#include <limits>
#include <memory>
#include <zlib.h>

namespace convforge::models::keras {

std::vector<std::uint8_t> inflated(Bytes deflated, std::uint64_t size, DeflateForm form) {
  constexpr std::uint64_t most = std::numeric_limits<uInt>::max();
  if (deflated.size() > most || size >= most)
    fail("deflated bytes", fmt::format("{}, {} of them inflated", deflated.size(), size), "less than 4 GiB");
  z_stream stream{};
  if (inflateInit2(&stream, form == DeflateForm::raw ? -MAX_WBITS : MAX_WBITS) != Z_OK)
    throw Error("zlib cannot begin");
  const std::unique_ptr<z_stream, int (*)(z_stream *)> ending(&stream, inflateEnd);
  std::vector<std::uint8_t> bytes(size + 1); // one more, which must stay empty
  stream.next_in = const_cast<Bytef *>(deflated.data()), stream.avail_in = static_cast<uInt>(deflated.size());
  stream.next_out = bytes.data(), stream.avail_out = static_cast<uInt>(bytes.size());
  if (inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.total_out != size)
    fail("deflated bytes", fmt::format("{} that are damaged", deflated.size()),
         fmt::format("{} bytes, deflated", size));
  bytes.pop_back();
  return bytes;
}

std::uint32_t checksum_of(Bytes bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
}

} // namespace convforge::models::keras
