// Four bytes side by side in each lane of 32 bits: what stands in a dot product of taps (plan/dot_runs.hpp).
#pragma once

#include <memory>

namespace Halide::Internal {
class IRMutator;
}

namespace convforge {

/// A lowering pass: vectors of bytes that are interleaved by fours become lanes of 32 bits, widened, shifted
/// and joined. LLVM makes shuffles across the whole register of the former, eleven for a vector of 64 bytes
/// and all on one port of x86; this way three widening loads, two shifts and one vpternlogd. What the fourth
/// byte repeats of the third is left out, and the byte 0: no tap stands there, and its weight is zero.
std::unique_ptr<Halide::Internal::IRMutator> make_interleave_bytes_in_lanes();

} // namespace convforge
