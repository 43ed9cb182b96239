#include "cli/operand_memory.hpp"

#include "verify/slice.hpp"

#include <algorithm>

namespace convforge::cli {
namespace {

AlignedBuffer memory_of(const convforge_operand &operand, const Elements &tensor) {
  const Slice slice(operand);
  AlignedBuffer memory(slice.bytes());
  std::fill_n(memory.data(), memory.size(), std::byte{});
  slice.scatter(tensor, memory.data());
  return memory;
}

} // namespace

AlignedBuffer pack(const convforge_kernel &kernel, std::span<const Elements> tensors) {
  std::vector<const void *> pointers;
  for (const Elements &tensor : tensors)
    pointers.push_back(tensor.data());
  pointers.push_back(nullptr); // the output
  AlignedBuffer packed(kernel.packed_bytes);
  throw_on_error(convforge_pack_operands(&kernel, pointers.data(), packed.data()));
  return packed;
}

std::vector<AlignedBuffer> operand_memory(const convforge_kernel &kernel, std::span<const Elements> tensors) {
  std::vector<AlignedBuffer> memory;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const convforge_operand &operand = kernel.operands[i];
    if (operand.role == CONVFORGE_WEIGHTS)
      memory.push_back(pack(kernel, tensors));
    else if (operand.role == CONVFORGE_PACKED)
      memory.emplace_back();
    else
      memory.push_back(memory_of(operand, tensors[i]));
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

std::size_t bytes_moved(const convforge_kernel &kernel) {
  std::size_t bytes = kernel.packed_bytes;
  for (int i = 0; i < kernel.operand_count; ++i) // gaps of slices are not moved
    if (kernel.operands[i].role != CONVFORGE_WEIGHTS && kernel.operands[i].role != CONVFORGE_PACKED)
      bytes += Slice(kernel.operands[i]).bytes_of_elements();
  return bytes;
}

} // namespace convforge::cli
