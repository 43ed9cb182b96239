#include "verify/slice.hpp"

#include <cstdint>
#include <cstring>

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

Slice::Slice(const convforge_operand &info) : bytes_(info.rank == 0 ? 0 : info.bytes) {
  if (info.rank == 0)
    return;
  const Run run(info);
  std::int64_t runs = 1;
  for (int d = 0; d < run.dimensions; ++d)
    runs *= info.shape[d];
  elements_ = static_cast<std::size_t>(runs * run.elements);
  const std::size_t size = static_cast<std::size_t>(run.elements) * sizeof(float);
  ranges_.reserve(static_cast<std::size_t>(runs));
  for (std::int64_t i = 0; i < runs; ++i) {
    std::int64_t place = 0, rest = i;
    for (int d = run.dimensions; d-- > 0; rest /= info.shape[d])
      place += rest % info.shape[d] * info.strides[d];
    ranges_.push_back({static_cast<std::size_t>(place) * sizeof(float), size});
  }
}

void Slice::scatter(std::span<const float> values, void *memory) const {
  const float *from = values.data();
  for (const ByteRange &range : ranges_) {
    std::memcpy(static_cast<unsigned char *>(memory) + range.begin, from, range.size);
    from += range.size / sizeof(float);
  }
}

std::vector<float> Slice::gather(const void *memory) const {
  std::vector<float> values(elements_);
  float *to = values.data();
  for (const ByteRange &range : ranges_) {
    std::memcpy(to, static_cast<const unsigned char *>(memory) + range.begin, range.size);
    to += range.size / sizeof(float);
  }
  return values;
}

} // namespace convforge
