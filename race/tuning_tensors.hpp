// The tensors that plans of a problem are measured on.
#pragma once

#include "convforge/convforge.hpp"
#include "problem/operand.hpp"
#include "problem/problem.hpp"

#include <cstddef>
#include <vector>

namespace convforge {

/// Bytes of all of a problem's tensors.
std::size_t tensor_bytes(const Problem &problem);

/// What every contestant for a problem reads and writes: ordinary numbers, sums of about 1.
class TuningTensors {
public:
  /// Throws std::bad_alloc.
  explicit TuningTensors(const Problem &problem);

  /// Where each operand lies, as convforge_pack_operands() takes them; in the weights' place are those to
  /// pack, for the contestant to replace.
  std::vector<void *> pointers();

private:
  std::vector<AlignedBuffer> operands_; ///< the weights not packed
};

} // namespace convforge
