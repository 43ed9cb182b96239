// Memory for one tensor with inaccessible pages around it: a kernel that reads or writes outside faults at
// once.
#pragma once

#include "verify/slice.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace convforge {

/// Owns `bytes` of memory. Side::end puts the last byte (up to `alignment`) against an inaccessible page,
/// Side::begin the first one; the bytes left between the tensor and the other page hold a canary. Not for
/// sharing while it changes.
class GuardedBuffer {
public:
  enum class Side { begin, end };

  /// `alignment`: a power of two up to the page size. Throws Error when the memory is refused.
  GuardedBuffer(std::size_t bytes, std::size_t alignment, Side side);
  ~GuardedBuffer();
  GuardedBuffer(const GuardedBuffer &) = delete;
  GuardedBuffer &operator=(const GuardedBuffer &) = delete;

  void *data() const { return data_; }
  std::size_t size() const { return bytes_; }
  /// Sets every byte.
  void poison(unsigned char value);
  void copy(std::span<const std::byte> bytes);
  /// From now on writing to the tensor faults as well.
  void seal();
  /// From now on touching a whole page between `used`, the ranges of a slice in order, faults: as many of
  /// them as the system allows.
  void hide_gaps(std::span<const ByteRange> used);
  /// Whether the bytes around the tensor are as they were.
  bool intact() const;
  /// Whether every byte between the ranges of a slice is `value`. (Hidden ones are: a write faults.)
  bool gaps_hold(std::span<const ByteRange> used, unsigned char value) const;

private:
  /// The whole pages of a range of the tensor.
  ByteRange whole_pages(std::size_t begin, std::size_t end) const;

  std::size_t bytes_, usable_;
  unsigned char *mapping_; ///< an inaccessible page, usable_ bytes, an inaccessible page
  unsigned char *usable_begin_, *data_;
  std::size_t hidden_ = 0; ///< gaps with hidden pages; the first of those with whole ones
};

} // namespace convforge
