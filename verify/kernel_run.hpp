// Runs a kernel with every tensor in guarded memory.
#pragma once

#include "convforge/convforge.h"
#include "verify/element.hpp"
#include "verify/fill.hpp"
#include "verify/guard.hpp"

#include <span>
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

/// The output of a call, dense in the problem's layout; `tensors`: one for each operand but the output, the
/// weights not packed. Throws Error when the kernel answers with an error code, or when a byte beside a
/// tensor changed; a byte further outside faults.
Elements run_guarded(const convforge_kernel &kernel, std::span<const Elements> tensors,
                     const RunSetup &setup);
/// The same for tensors of floats.
std::vector<float> run_guarded(const convforge_kernel &kernel, const Tensors &tensors, const RunSetup &setup);
/// Tensors of floats as elements of the types of a kernel's operands. Throws Error where there are as many of
/// neither.
std::vector<Elements> to_elements(const convforge_kernel &kernel, const Tensors &tensors);

} // namespace convforge
