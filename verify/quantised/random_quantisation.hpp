// What random problems of 8-bit integers have beside their shapes.
#pragma once

#include "problem/problem.hpp"
#include "verify/random.hpp"

namespace convforge {

/// Chooses zero points, rounding, output scale and epilogue for the problem's types: zero points at both ends
/// of their types and between, every rule, residuals and limits.
void choose_quantisation(Problem &problem, Random &random);

} // namespace convforge
