// The tensors of a call in memory, as a kernel's descriptor has them: of any element type, dense or slices.
#pragma once

#include "convforge/convforge.hpp"

#include <span>
#include <vector>

namespace convforge::cli {

/// Weights packed for the kernel. They are rounded to its type for them.
AlignedBuffer pack_weights(const convforge_kernel &kernel, std::span<const float> weights);
/// What stands in the place of each operand: `values`, dense, of all but the output, as elements of the
/// operand's type, zeros between those of a slice; the weights packed; room for the output. All aligned to
/// cache lines: allocators differ, kernels should not be measured by that.
std::vector<AlignedBuffer> operand_memory(const convforge_kernel &kernel,
                                          const std::vector<std::vector<float>> &values);
/// As convforge_args::operands has them.
std::vector<void *> pointers_to(std::vector<AlignedBuffer> &operands);

} // namespace convforge::cli
