// The two ends of a plan that transposes (plan/channels_last.hpp), as Halide algebra: NCHW rows of pixels to
// pixels with their channels side by side, and sums of the latter to NCHW with the epilogue.
//
// Both pass through a small square that a register tile holds: loaded along the one tensor's rows, stored
// along the other's. LLVM makes shuffles of it.
#pragma once

#include "algorithms/convolution.hpp"

#include <functional>

namespace convforge {

struct TransposedInput {
  Halide::Var c{"c"}, x{"x"}, y{"y"}, n{"n"};
  Halide::Func square; ///< c, x, y, n: of the input's elements
  Halide::Func pixels; ///< c, x, y, n: the same, as the sums read them
};

/// `problem` is the caller's, fused for pointwise; `input` is its parameter.
TransposedInput make_transposed_input(const Problem &problem, const Halide::ImageParam &input,
                                      const std::string &suffix);

struct TransposedOutput {
  OutputVars v;
  int first_channel = 0;                    ///< of those that this region stores, and none before it
  int channels = 0;                         ///< of k: a block's, or all where blocks are of no concern
  std::vector<Halide::ImageParam> operands; ///< the epilogue's: k, b, g or k, b, g, x, y, z, n
  Halide::Func sums;                        ///< what the plan's algorithm computes: its own dimensions
  int computed = 0;                         ///< channels of k that are, stored or not
  Halide::Func square;                      ///< k, b, g, x, y, z, n: of the sums
  Halide::Func output;                      ///< k, b, g, x, y, z, n
};

/// `sums` has the dimensions of Convolution::output, or those of Winograd::output, whose channels are not
/// told apart by blocks.
TransposedOutput make_transposed_output(const Problem &problem, const Plan &plan, const Region &region,
                                        const Halide::Func &sums, const std::string &suffix);

} // namespace convforge
