// What is pooled, as Halide algebra: the sums of a patch of rows (problem/pooling_patches.hpp) to the pooled
// rows that are stored, with the epilogue before or behind the pooling.
#pragma once

#include "algorithms/rearranged.hpp"

namespace convforge {

struct PooledOutput {
  RearrangedOutput stored; ///< its output and square are pooled: x and y count pooled pixels
  /// The sums with the epilogue, as rows of a patch: k, b, g, x, y, z, n. Undefined where the pooled sums get
  /// it, or where each is looked at once.
  Halide::Func finished;
};

/// `problem` is the caller's; `sums` as make_rearranged_output() has them, of the patches.
PooledOutput make_pooled_output(const Problem &problem, const Plan &plan, const Region &region,
                                const Halide::Func &sums, const std::string &suffix);

} // namespace convforge
