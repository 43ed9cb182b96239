#include "verify/slice.hpp"

#include "problem/dtype.hpp"

#include <algorithm>
#include <cstdint>

namespace convforge {

namespace {

/// Elements that lie side by side, and the dimensions around them.
struct Run {
  std::int64_t elements = 1;
  int dimensions;
  explicit Run(const convforge_operand &info) : dimensions(info.rank) {
    while (dimensions > 0 && (info.shape[dimensions - 1] == 1 || info.strides[dimensions - 1] == elements))
      elements *= info.shape[--dimensions];
  }
};

} // namespace

Slice::Slice(const convforge_operand &info) : type_(element_type_of(info.dtype)), bytes_(info.bytes) {
  const Run run(info);
  std::int64_t runs = 1;
  for (int d = 0; d < run.dimensions; ++d)
    runs *= info.shape[d];
  elements_ = static_cast<std::size_t>(runs * run.elements);
  const std::size_t size = static_cast<std::size_t>(run.elements) * element_bytes();
  ranges_.reserve(static_cast<std::size_t>(runs));
  for (std::int64_t i = 0; i < runs; ++i) {
    std::int64_t place = 0, rest = i;
    for (int d = run.dimensions; d-- > 0; rest /= info.shape[d])
      place += rest % info.shape[d] * info.strides[d];
    ranges_.push_back({static_cast<std::size_t>(place) * element_bytes(), size});
  }
}

void Slice::scatter(const Elements &dense, void *memory) const {
  const std::byte *next = dense.data();
  for (const ByteRange &range : ranges_) {
    std::copy_n(next, range.size, static_cast<std::byte *>(memory) + range.begin);
    next += range.size;
  }
}

Elements Slice::gather(const void *memory) const {
  Elements dense(bytes_of_elements());
  auto next = dense.begin();
  for (const ByteRange &range : ranges_)
    next = std::copy_n(static_cast<const std::byte *>(memory) + range.begin, range.size, next);
  return dense;
}

} // namespace convforge
