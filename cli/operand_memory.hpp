// The tensors of a call in memory, as a kernel's descriptor has them: of any element type, dense or slices.
#pragma once

#include "convforge/convforge.hpp"
#include "verify/element.hpp"

#include <span>
#include <vector>

namespace convforge::cli {

/// The weights packed for the kernel, with all that is packed beside them. `tensors`: one for each operand
/// but the output; of others than these, nothing is read.
AlignedBuffer pack(const convforge_kernel &kernel, std::span<const Elements> tensors);
/// What stands in the place of each operand: `tensors`, dense, of all but the output, zeros between the
/// elements of a slice; the weights packed, and nothing for what is packed with them; room for the output.
/// All aligned to cache lines: allocators differ, kernels should not be measured by that.
std::vector<AlignedBuffer> operand_memory(const convforge_kernel &kernel, std::span<const Elements> tensors);
/// As convforge_args::operands has them.
std::vector<void *> pointers_to(std::vector<AlignedBuffer> &operands);

/// Bytes that one call must read and write at least once.
std::size_t bytes_moved(const convforge_kernel &kernel);

} // namespace convforge::cli
