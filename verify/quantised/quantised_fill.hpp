// Test data for a quantised problem: the same for the same problem and seed, on every machine.
#pragma once

#include "problem/problem.hpp"
#include "verify/element.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace convforge {

/// All of them are within what packing accepts: whatever is added up fits into 32 bits.
enum class QuantisedFill {
  spread,     ///< everything over its whole range, and so are results
  extremes,   ///< input and weights at the ends of their types, at random
  lowest,     ///< weights of -128, and the input where it is farthest from its zero point: the largest sums
  ties,       ///< multipliers that are powers of two, half of the results between two steps, of both signs
  saturating, ///< multipliers from 1 to almost 2^31
  tiny,       ///< multipliers from 2^-31 to 2^-20, some of 0 and of less, biases of up to 31 bits
  large_bias, ///< biases of up to 31 bits: float has not all of the sums, some of them beside ties
};
inline constexpr std::array all_quantised_fills{
    QuantisedFill::spread,     QuantisedFill::extremes, QuantisedFill::lowest,    QuantisedFill::ties,
    QuantisedFill::saturating, QuantisedFill::tiny,     QuantisedFill::large_bias};
std::string_view name_of(QuantisedFill kind);

/// Dense, in the problem's layouts.
struct QuantisedTensors {
  std::vector<std::int32_t> input, weights;
  std::vector<std::int32_t> bias;  ///< empty: the epilogue has none
  std::vector<double> multipliers; ///< empty where sums are stored
  /// What calls bring for the epilogue, in its order: a residual in steps, or real numbers.
  std::vector<std::vector<float>> epilogue;
  /// As operands(problem), without the output.
  std::vector<Elements> all(const Problem &problem) const;
};

QuantisedTensors fill(const Problem &problem, QuantisedFill kind, std::uint64_t seed);

/// The most that an element of the source differs from its zero point.
std::int32_t farthest_from_zero_point(const Problem &problem);
/// By output channel: the most that the size of its bias may be for every sum to fit into 32 bits.
std::vector<std::int64_t> room_for_bias(const Problem &problem, const std::vector<std::int32_t> &weights);

} // namespace convforge
