// Runs a kernel with every tensor in guarded memory.
#pragma once

#include "convforge/convforge.h"
#include "verify/fill.hpp"
#include "verify/guard.hpp"

#include <vector>

namespace convforge {

/// What one call is made with.
struct RunSetup {
  GuardedBuffer::Side side = GuardedBuffer::Side::end;
  int threads = 1;             ///< 1: no callback; more: a pool of that many
  unsigned char poison = 0xff; ///< what output, workspace and gaps hold before the call (0xff: NaN)
  bool in_place = false;       ///< the first operand that may be the output is
};

/// The first operand that may be the output (convforge_may_be_output); -1: none.
int in_place_operand(const convforge_kernel &kernel);

/// The output, in the problem's layout. Throws Error when the kernel answers with an error code, or when a
/// byte beside a tensor changed; a byte further outside faults.
std::vector<float> run_guarded(const convforge_kernel &kernel, const Tensors &tensors, const RunSetup &setup);

} // namespace convforge
