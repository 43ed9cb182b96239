// Test data for a problem: the same for the same problem and seed, on every machine.
#pragma once

#include "problem/problem.hpp"

#include <cstdint>
#include <vector>

namespace convforge {

/// integer: small whole numbers such that every partial sum, in any order, is exact in float32 (|sum| <
/// 2^24). real: uniform numbers with some zeros of both signs. special: real, with a NaN and infinities among
/// the input; among halves also the largest and subnormal ones, so that results overflow and vanish.
enum class Fill { integer, real, special };

/// Dense, in the problem's layouts; values of each tensor's type.
struct Tensors {
  std::vector<float> input, weights;
  std::vector<std::vector<float>> epilogue; ///< its operands, in its order
  /// As operands(problem), without the output.
  std::vector<std::vector<float>> all() const;
};

Tensors fill(const Problem &problem, Fill kind, std::uint64_t seed);
/// Taps of one output: T * R * S * C/g, the n of the error bounds.
std::int64_t taps(const Problem &problem);
/// The most that a summand of the epilogue is in whole numbers; factors and slopes are -1, 0 or 1.
inline constexpr int most_summand = 16;

} // namespace convforge
