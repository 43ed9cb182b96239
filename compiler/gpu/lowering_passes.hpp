// Lowering passes that Halide 21 lacks for register tiles which outlive a loop over shared memory.
//
// A Func computed at block level and stored in registers is seen by Halide as one array with every thread's
// elements in it; each thread touches its own only. PTX and OpenCL C give every thread a private copy of the
// whole, indexed by the thread's number, which no compiler puts in registers.
#pragma once

#include <Halide.h>

#include <memory>
#include <string>

namespace convforge {

/// Makes the array `func` private: thread numbers leave its index, its elements are counted anew. Fails (with
/// an Error) if an index is not a constant then.
std::unique_ptr<Halide::Internal::IRMutator> make_registers_private(const std::string &func);

/// Drops a barrier between two stages that only write shared memory: the one after the second orders both.
std::unique_ptr<Halide::Internal::IRMutator> make_fewer_barriers();

} // namespace convforge
