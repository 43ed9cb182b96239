// Halide's warnings as errors.
#pragma once

namespace convforge {

/// From here on, in the whole process, what Halide would warn of is an error as its others are: compile()
/// throws Error with the text. Kernels are made without asserts, so that "an assertion is guaranteed to fail"
/// means a kernel that computes nonsense. For programs; a library must leave Halide's only reporter to the
/// application that it is part of.
void make_halide_warnings_errors();

} // namespace convforge
