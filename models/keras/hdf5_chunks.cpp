// HDF5: the elements of datasets: in one piece, or in chunks by a B-tree of version 1, deflated or not.
#include "models/keras/hdf5.hpp"
#include "models/keras/inflate.hpp"

#include <set>

namespace convforge::models::keras {
namespace {

constexpr const char *layout_name = "HDF5 data layout", *filters_name = "HDF5 filters";

/// Are the chunks deflated? Throws Error for any other filter.
bool deflated_chunks(const Header &header) {
  const HeaderMessage *message = nullptr;
  for (const HeaderMessage &each : header)
    if (each.kind == HeaderMessage::filters)
      message = &each;
  if (!message)
    return false;
  Cursor cursor(message->bytes, 0, filters_name);
  const int version = cursor.number<std::uint8_t>(), count = cursor.number<std::uint8_t>();
  if (count == 0)
    return false;
  cursor.skip(version == 1 ? 6 : 0);
  constexpr int deflate = 1;
  const int filter = cursor.number<std::uint16_t>();
  if (version > 2 || count > 1 || filter != deflate)
    fail(filters_name, fmt::format("version {}, {} of them, the first {}", version, count, filter),
         "deflate (1) alone");
  return true;
}

/// A dataset that is cut in chunks of the same size, those at the ends of axes beyond them.
struct ChunkedDataset {
  Shape sizes, chunk;
  std::size_t element;
  bool deflated;
  std::set<std::vector<std::uint64_t>> seen;

  std::uint64_t chunk_bytes() const { return static_cast<std::uint64_t>(elements_of(chunk)) * element; }
  /// Copies the rows of a chunk, as far as they are in the dataset.
  void place_chunk(std::span<const std::uint64_t> at, Bytes bytes, std::vector<std::byte> &data) const {
    const std::size_t last = sizes.size() - 1;
    const auto row = static_cast<std::uint64_t>(chunk[last]) * element,
               there = std::min<std::uint64_t>(row, (static_cast<std::uint64_t>(sizes[last]) - at[last]) *
                                                        element);
    for (std::uint64_t r = 0; r * row < bytes.size(); ++r) {
      std::uint64_t rest = r, to = 0, stride = static_cast<std::uint64_t>(sizes[last]);
      bool inside = true;
      for (std::size_t axis = last; axis-- > 0;) {
        const std::uint64_t place = at[axis] + rest % static_cast<std::uint64_t>(chunk[axis]);
        rest /= static_cast<std::uint64_t>(chunk[axis]);
        inside = inside && place < static_cast<std::uint64_t>(sizes[axis]);
        to += place * stride, stride *= static_cast<std::uint64_t>(sizes[axis]);
      }
      if (inside)
        std::memcpy(data.data() + (to + at[last]) * element, bytes.data() + r * row, there);
    }
  }
};

Shape chunk_of(Cursor &layout, const Shape &sizes, std::size_t element) {
  Shape chunk;
  for (const std::int64_t size : sizes) {
    chunk.push_back(layout.number<std::uint32_t>());
    if (chunk.back() < 1 || chunk.back() > size)
      fail(layout_name, fmt::format("chunks of {}", text_of_shape(chunk)),
           fmt::format("none larger than the dataset, {}", text_of_shape(sizes)));
  }
  if (const auto bytes = layout.number<std::uint32_t>(); bytes != element)
    fail(layout_name, fmt::format("elements of {} bytes", bytes),
         fmt::format("{}, as the type has", element));
  return chunk;
}

class ChunkReader {
public:
  ChunkReader(Bytes file, ChunkedDataset dataset, std::vector<std::byte> &data)
      : file_(file), dataset_(std::move(dataset)), data_(data) {}

  /// A node of the tree; levels fall to 0, under which are the chunks, each once.
  void read(Address place, int level) {
    Cursor node(file_, place, "HDF5 B-tree");
    node.expect("TREE");
    const int type = node.number<std::uint8_t>(), own_level = node.number<std::uint8_t>();
    if (type != 1 || (level >= 0 && own_level != level) || own_level > 8 || ++nodes_ > most_nodes)
      fail("HDF5 B-tree", fmt::format("type {}, level {}, node {}", type, own_level, nodes_),
           "chunks, levels that fall from 8 at most, 2^20 nodes at most");
    const int children = node.number<std::uint16_t>();
    node.skip(16);
    for (int i = 0; i < children; ++i) {
      const auto bytes = node.number<std::uint32_t>(), mask = node.number<std::uint32_t>();
      std::vector<std::uint64_t> at(dataset_.sizes.size());
      for (std::uint64_t &place_on_axis : at)
        place_on_axis = node.number<std::uint64_t>();
      node.skip(8);
      const auto child = node.number<Address>();
      if (own_level > 0)
        read(child, own_level - 1);
      else
        read_chunk(std::move(at), child, bytes, mask);
    }
  }

private:
  static constexpr int most_nodes = 1 << 20;

  void read_chunk(std::vector<std::uint64_t> at, Address place, std::uint32_t bytes, std::uint32_t mask) {
    for (std::size_t axis = 0; axis < at.size(); ++axis)
      if (at[axis] >= static_cast<std::uint64_t>(dataset_.sizes[axis]) ||
          at[axis] % static_cast<std::uint64_t>(dataset_.chunk[axis]) != 0)
        fail("HDF5 chunk", fmt::format("begins at {} of axis {}", at[axis], axis),
             "a multiple of the chunk's size inside of the dataset");
    if (!dataset_.seen.insert(at).second)
      fail("HDF5 chunk", "another at the same place", "each chunk once");
    const Bytes stored = Cursor(file_, place, "HDF5 chunk").bytes(bytes);
    if (dataset_.deflated && (mask & 1) == 0)
      return dataset_.place_chunk(at, inflated(stored, dataset_.chunk_bytes(), DeflateForm::zlib), data_);
    if (stored.size() != dataset_.chunk_bytes())
      fail("HDF5 chunk", fmt::format("{} bytes", stored.size()), std::to_string(dataset_.chunk_bytes()));
    dataset_.place_chunk(at, stored, data_);
  }

  Bytes file_;
  ChunkedDataset dataset_;
  std::vector<std::byte> &data_;
  int nodes_ = 0;
};

} // namespace

Bytes Hdf5File::whole_data(const HeaderMessage &layout, std::uint64_t size) {
  Cursor cursor(layout.bytes, 1, layout_name);
  constexpr int compact = 0;
  if (cursor.number<std::uint8_t>() == compact) {
    const auto bytes = cursor.number<std::uint16_t>();
    if (bytes != size)
      fail(layout_name, fmt::format("{} bytes", bytes), std::to_string(size));
    return cursor.bytes(bytes);
  }
  const auto place = cursor.number<Address>();
  const auto bytes = cursor.number<std::uint64_t>();
  if (bytes != size || (place == undefined_address && size > 0))
    fail(layout_name, fmt::format("{} bytes at {}", bytes, place), fmt::format("{} bytes in the file", size));
  return size == 0 ? Bytes{} : Cursor(file_, place, "HDF5 data").bytes(size);
}

Data Hdf5File::chunked_data(const Header &header, Cursor layout, const Tensor &tensor) {
  const std::size_t rank = tensor.sizes().size(), element = bytes_of(tensor.type);
  if (const int axes = layout.number<std::uint8_t>(); rank == 0 || static_cast<std::size_t>(axes) != rank + 1)
    fail(layout_name, fmt::format("chunks of {} axes", axes), fmt::format("{} and one", rank));
  const auto tree = layout.number<Address>();
  auto data = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(elements_of(tensor.sizes())) *
                                                       element);
  ChunkedDataset dataset{
      tensor.sizes(), chunk_of(layout, tensor.sizes(), element), element, deflated_chunks(header), {}};
  if (tree != undefined_address)
    ChunkReader(file_, std::move(dataset), *data).read(tree, -1);
  return data;
}

Tensor Hdf5File::numbers(Address object) {
  const Header header = header_of(object);
  const ElementKind kind =
      element_kind(needed_message(header, HeaderMessage::datatype, "HDF5 datatype").bytes);
  if (kind.kind != ElementKind::Kind::number)
    fail("HDF5 datatype", kind.words, "little-endian numbers: f16, f32, f64, s8, u8, s32 or s64");
  Tensor tensor;
  tensor.type = kind.number;
  tensor.shape = shape_of_dataspace(needed_message(header, HeaderMessage::dataspace, "HDF5 dataspace").bytes);
  const auto size = static_cast<std::uint64_t>(elements_of(tensor.sizes())) * bytes_of(tensor.type);
  budget_.take(size);
  const HeaderMessage &layout = needed_message(header, HeaderMessage::layout, layout_name);
  Cursor cursor(layout.bytes, 0, layout_name);
  const int version = cursor.number<std::uint8_t>(), form = cursor.number<std::uint8_t>();
  constexpr int chunked = 2;
  if ((version != 3 && version != 4) || form > chunked || (form == chunked && version == 4))
    fail(layout_name, fmt::format("version {}, class {}", version, form),
         "compact, contiguous, or chunked with a B-tree of version 1");
  tensor.data = form == chunked && size > 0 ? chunked_data(header, cursor, tensor)
                                            : copy_of(std::as_bytes(whole_data(layout, size)));
  return tensor;
}

} // namespace convforge::models::keras
