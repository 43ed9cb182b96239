// What plans that join the phases of a transposed convolution store (plan/joined_phases.hpp): the other end
// of rearranged.hpp. In the output k counts the channels of a phase, b its columns, z its rows, and x and y
// the pixels of a phase, so that each has strides of its own.
#pragma once

#include "algorithms/rearranged.hpp"

namespace convforge {

/// `problem` is the caller's. In NCHW the square is stored k by k, columns side by side.
RearrangedOutput make_joined_output(const Problem &problem, const Plan &plan, const Region &region,
                                    const Halide::Func &sums, const std::string &suffix);

} // namespace convforge
