// Tensors as a kernel's descriptor lays them out: dense values into the memory of a slice and back.
#pragma once

#include "convforge/convforge.h"
#include "verify/element.hpp"

#include <cstddef>
#include <vector>

namespace convforge {

/// Bytes of a buffer.
struct ByteRange {
  std::size_t begin = 0, size = 0;
};

/// Where the elements of a tensor lie. Plain values, for the life of no descriptor.
class Slice {
public:
  explicit Slice(const convforge_operand &info);

  std::size_t elements() const { return elements_; }
  std::size_t bytes() const { return bytes_; } ///< from the first element to the last
  std::size_t element_bytes() const { return bytes_of(type_); }
  std::size_t bytes_of_elements() const { return elements_ * element_bytes(); }
  /// What is the tensor's own, in order of places.
  const std::vector<ByteRange> &ranges() const { return ranges_; }
  ElementType type() const { return type_; }
  /// Puts a dense tensor of bytes_of_elements() into the memory of the slice and leaves the rest of it alone.
  void scatter(const Elements &dense, void *memory) const;
  Elements gather(const void *memory) const;

private:
  ElementType type_;
  std::size_t elements_ = 0, bytes_;
  std::vector<ByteRange> ranges_;
};

} // namespace convforge
