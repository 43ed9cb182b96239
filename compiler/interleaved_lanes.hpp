// Small integers side by side in each lane of 32 bits: what a dot product of taps takes (plan/dot_runs.hpp).
#pragma once

#include <memory>

namespace Halide::Internal {
class IRMutator;
}

namespace convforge {

/// A lowering pass: vectors of bytes interleaved by fours, or of 16 bits by twos, become lanes of 32 bits:
/// widened, shifted and joined. Of the former LLVM makes shuffles across whole registers, eleven for a vector
/// of 64 bytes and all on one port of x86; this way three widening loads, two shifts and one vpternlogd. What
/// repeats the vector before it is left out, and 0 stands there: behind the last tap weights are zero. Within
/// 128 bits an interleave is one instruction, and stays.
std::unique_ptr<Halide::Internal::IRMutator> make_interleave_in_lanes();

} // namespace convforge
