// What the activations are measured against, and where.
#pragma once

#include "problem/epilogue.hpp"

#include <string>
#include <vector>

namespace convforge::test {

/// The activation in extended precision, by formulas without cancellation; at infinities, its limit.
long double exact_activation(const Activation &activation, long double x);

/// |y - exact| in units of the last place that a float32 of exact's size has; 0 where both are the same
/// infinity.
double error_in_ulp(float y, long double exact);

/// Every kind with the numbers that take different ways through the generator.
std::vector<Activation> every_activation();
std::string label(const Activation &activation);

/// All exponents and signs with random mantissas, the special values, and neighbours of every switch point; a
/// multiple of 64.
std::vector<float> sweep();

} // namespace convforge::test
