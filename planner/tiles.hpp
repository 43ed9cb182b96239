// Arithmetic of tiles. The shape is fixed, so tiles are fitted to it.
#pragma once

#include "base/integer.hpp"
#include "plan/plan.hpp"

#include <string>
#include <vector>

namespace convforge {

/// The even split: `extent` in as few pieces of at most `most` as possible, the size of each.
constexpr int even_piece(int extent, int most) {
  return ceil_div(extent, ceil_div(extent, most));
}

/// The next larger size that an even split of `extent` has; `piece`, if it is all of it. There are at most
/// 2 sqrt(extent) sizes.
constexpr int next_even_piece(int extent, int piece) {
  const int pieces = ceil_div(extent, piece);
  return pieces == 1 ? piece : ceil_div(extent, pieces - 1);
}

/// Divisors from 2 on, ascending.
std::vector<int> divisors(int number);

/// The largest divisor of `number` that is `most` at most.
int largest_divisor(int number, int most);

/// The register tile of every region in words, for Candidate::reason.
std::string tiles_in_words(const Plan &plan);

} // namespace convforge
