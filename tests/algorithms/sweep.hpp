// Which activations are tried, and on which floats.
#pragma once

#include "problem/epilogue.hpp"

#include <string>
#include <vector>

namespace convforge::test {

/// Every kind, with the numbers that take different ways through the generator.
std::vector<Activation> every_activation();

/// "leaky_relu:0.1".
std::string label(const Activation &activation);

/// All exponents and both signs with random mantissas, NaN, infinities and zeros, and the neighbours of every
/// point where an activation bends, a reduction steps, or a result becomes subnormal or zero. A multiple of
/// 64 numbers.
std::vector<float> sweep();

} // namespace convforge::test
