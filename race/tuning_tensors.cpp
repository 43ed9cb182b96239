#include "race/tuning_tensors.hpp"

#include "convforge/elements.h"
#include "problem/dtype.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>

namespace convforge {
namespace {

/// Not a power of two, so that neighbours of a row or a plane differ.
constexpr std::size_t repeated_elements = 4093;

/// Numbers as far as `reach` from `centre`.
struct Interval {
  double centre, reach;
};

/// Sums of about 1 of real numbers, and of 8-bit ones results over much of the destination's range.
Interval interval_of(const Problem &problem, const Operand &operand) {
  const double taps = static_cast<double>(problem.volume(&Axis::kernel)) * problem.group_in();
  const double one = 1 / std::sqrt(taps);
  switch (operand.type) {
  case ElementType::u8:
    return {127.5, 127.5};
  case ElementType::s8:
    return {-0.5, 127.5};
  case ElementType::s32:
    return {0, 1000};
  case ElementType::f64: // multipliers, which are not negative
    return {one / 127, one / 255};
  case ElementType::f32:
  case ElementType::f16:
  case ElementType::s16:
    break;
  }
  return {0, operand.role == Role::weights ? one : 1};
}

/// Elements uniform in an interval. The time of a call does not depend on which they are, as long as none is
/// subnormal or overflows: a few thousand, again and again, are there much sooner than as many as fill it.
AlignedBuffer filled(const Operand &operand, const Interval &interval) {
  AlignedBuffer buffer(operand.bytes());
  const std::size_t element_bytes = bytes_of(operand.type);
  const std::size_t head = std::min(buffer.size() / element_bytes, repeated_elements);
  std::minstd_rand random; // of one seed: the same for everyone
  for (std::size_t i = 0; i < head; ++i) {
    const double unit = static_cast<double>(random() >> 7) * 0x1p-24; // of 31 bits
    convforge_store_element(dtype_of(operand.type), buffer.data(), i,
                            interval.centre + interval.reach * (2 * unit - 1));
  }
  for (std::size_t done = head * element_bytes; done < buffer.size();) {
    const std::size_t more = std::min(head * element_bytes, buffer.size() - done);
    std::memcpy(buffer.data() + done, buffer.data(), more);
    done += more;
  }
  return buffer;
}

} // namespace

std::size_t tensor_bytes(const Problem &problem) {
  std::size_t total = 0; // each is less than 2^31
  for (const Operand &operand : operands(problem))
    total += operand.bytes();
  return total;
}

TuningTensors::TuningTensors(const Problem &problem) {
  for (const Operand &operand : operands(problem))
    operands_.push_back(filled(operand, interval_of(problem, operand)));
}

std::vector<void *> TuningTensors::pointers() {
  std::vector<void *> list;
  list.reserve(operands_.size());
  for (AlignedBuffer &operand : operands_)
    list.push_back(operand.data());
  return list;
}

} // namespace convforge
