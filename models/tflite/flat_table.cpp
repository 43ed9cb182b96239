#include "models/tflite/flat_table.hpp"

#include "base/error.hpp"

namespace convforge::models::tflite {

void fail_damaged() {
  throw Error("an offset leads out of the file: it is truncated or damaged, or no TensorFlow Lite model");
}

FlatTable FlatTable::root(Bytes file) {
  std::uint32_t offset = 0;
  if (file.size() < 8 || std::memcmp(file.data() + 4, "TFL3", 4) != 0)
    throw Error("it does not begin as TensorFlow Lite models do, with TFL3 behind four bytes");
  std::memcpy(&offset, file.data(), sizeof offset);
  return {file, offset};
}

FlatTable::FlatTable(Bytes file, std::size_t place) : file_(file), place_(place), layout_(0) {
  const auto back = static_cast<std::int64_t>(at<std::int32_t>(place));
  const std::int64_t layout = static_cast<std::int64_t>(place) - back;
  if (layout < 0 || layout > static_cast<std::int64_t>(file.size()))
    fail_damaged();
  layout_ = static_cast<std::size_t>(layout);
}

std::size_t FlatTable::place_of(int field) const {
  const std::size_t entry = 4 + 2 * static_cast<std::size_t>(field);
  if (entry + 2 > at<std::uint16_t>(layout_))
    return 0;
  const std::size_t offset = at<std::uint16_t>(layout_ + entry);
  return offset == 0 ? 0 : place_ + offset;
}

std::optional<FlatTable> FlatTable::table(int field) const {
  const std::size_t place = place_of(field);
  return place == 0 ? std::nullopt : std::optional(FlatTable(file_, follow(place)));
}

Bytes FlatTable::vector(int field, std::size_t element) const {
  const std::size_t place = place_of(field);
  if (place == 0)
    return {};
  const std::size_t begin = follow(place), count = at<std::uint32_t>(begin);
  if (count > (file_.size() - begin - 4) / element)
    fail_damaged();
  return file_.subspan(begin + 4, count * element);
}

std::vector<FlatTable> FlatTable::tables(int field) const {
  const Bytes offsets = vector(field, 4);
  std::vector<FlatTable> all;
  all.reserve(offsets.size() / 4);
  for (std::size_t i = 0; i < offsets.size(); i += 4)
    all.push_back({file_, follow(static_cast<std::size_t>(offsets.data() - file_.data()) + i)});
  return all;
}

std::string_view FlatTable::text(int field) const {
  const Bytes bytes = vector(field, 1);
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

} // namespace convforge::models::tflite
