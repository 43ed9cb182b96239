// Pooling in a pass of its own, by the runtime's operation (runtime/operations/window_pooling.c): what it
// takes instead where a kernel does not pool.
#pragma once

#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// Predicted cycles of one thread, of what a problem's pooling does to the output of its convolution, which
/// is stored before and read again.
double pooling_pass_cycles(const Problem &pooled, const Platform &platform);

} // namespace convforge
