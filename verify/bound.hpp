// How far a kernel may be from the float64 oracle. Derivation: docs/numerics-check.md.
#pragma once

#include "problem/problem.hpp"

#include <cstdint>
#include <vector>

namespace convforge {

/// One output element: what the oracle says, and how far a kernel's answer may lie from it. A tolerance of
/// zero asks for the same float (or NaN for NaN).
struct Expected {
  double value = 0, tolerance = 0;
  bool overflows = false; ///< infinity of the value's sign is right as well: a store may have rounded to it
};

/// One output element before the epilogue, and what the epilogue takes.
struct Element {
  double sum = 0;               ///< the oracle's sum of x*w
  double magnitude = 0;         ///< sum of |x*w|
  std::vector<double> operands; ///< the values that the epilogue takes, in its order
};

/// gamma(m) = m*u / (1 - m*u) with u = 2^-24: the relative error of m float32 roundings in a row.
double error_gamma(std::int64_t m);

/// The epilogue in float64, with the bound of a direct algorithm carried through each operation; n: taps of
/// the sum.
Expected expect(const Epilogue &epilogue, std::int64_t n, const Element &element);
/// The epilogue in float32, each operation rounded once: for sums that are whole numbers below 2^24.
/// Tolerance 0.
Expected expect_exact(const Epilogue &epilogue, const Element &element);
/// The same once it is stored as the destination's type: half an ulp more, or where the value is exact
/// (tolerance 0) the number that it rounds to.
void store(Expected &expected, ElementType destination);
/// Whether expect_exact() holds for whole numbers as Fill::integer has them: whatever keeps them whole is
/// exact, and of what does not, one rounding is allowed (the portable kernel computes in float64 and rounds
/// once).
bool is_exact(const Epilogue &epilogue);

/// The largest |f'| of an activation: how much it can widen an error.
double lipschitz(const Activation &activation);

} // namespace convforge
