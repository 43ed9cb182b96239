#include "cli/operand_memory.hpp"

#include "problem/dtype.hpp"
#include "verify/element.hpp"
#include "verify/slice.hpp"

#include <algorithm>

namespace convforge::cli {
namespace {

AlignedBuffer memory_of(const convforge_operand &operand, std::span<const float> values) {
  const Slice slice(operand);
  AlignedBuffer memory(slice.bytes());
  std::fill_n(memory.data(), memory.size(), std::byte{});
  slice.scatter(values, memory.data());
  return memory;
}

} // namespace

AlignedBuffer pack_weights(const convforge_kernel &kernel, std::span<const float> weights) {
  AlignedBuffer packed(kernel.packed_bytes);
  const auto elements = to_elements(element_type_of(convforge_weights(&kernel)->dtype), weights);
  throw_on_error(convforge_pack_weights(&kernel, elements.data(), packed.data()));
  return packed;
}

std::vector<AlignedBuffer> operand_memory(const convforge_kernel &kernel,
                                          const std::vector<std::vector<float>> &values) {
  std::vector<AlignedBuffer> memory;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const convforge_operand &operand = kernel.operands[i];
    memory.push_back(operand.role == CONVFORGE_WEIGHTS ? pack_weights(kernel, values[i])
                                                       : memory_of(operand, values[i]));
  }
  memory.emplace_back(convforge_output(&kernel)->bytes);
  return memory;
}

std::vector<void *> pointers_to(std::vector<AlignedBuffer> &operands) {
  std::vector<void *> pointers;
  for (AlignedBuffer &operand : operands)
    pointers.push_back(operand.data());
  return pointers;
}

} // namespace convforge::cli
