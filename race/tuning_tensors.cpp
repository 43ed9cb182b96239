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

/// Elements uniform in [-scale, scale). The time of a call does not depend on which they are, as long as none
/// is subnormal or overflows: a few thousand, again and again, are there much sooner than as many as fill it.
AlignedBuffer filled(const Operand &operand, float scale) {
  AlignedBuffer buffer(operand.bytes());
  const std::size_t element_bytes = bytes_of(operand.type);
  const std::size_t head = std::min(buffer.size() / element_bytes, repeated_elements);
  std::minstd_rand random; // of one seed: the same for everyone
  for (std::size_t i = 0; i < head; ++i) {
    const float unit = static_cast<float>(random() >> 7) * 0x1p-24f; // of 31 bits
    convforge_store_element(dtype_of(operand.type), buffer.data(), i, scale * (2 * unit - 1));
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
  const double taps = static_cast<double>(problem.volume(&Axis::kernel)) * problem.group_in();
  for (const Operand &operand : operands(problem))
    operands_.push_back(
        filled(operand, operand.role == Role::weights ? static_cast<float>(1 / std::sqrt(taps)) : 1.0f));
}

std::vector<void *> TuningTensors::pointers() {
  std::vector<void *> list;
  list.reserve(operands_.size());
  for (AlignedBuffer &operand : operands_)
    list.push_back(operand.data());
  return list;
}

} // namespace convforge
