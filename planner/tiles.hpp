// Arithmetic of tiles. The shape is fixed, so tiles are fitted to it.
#pragma once

#include "base/integer.hpp"
#include "plan/plan.hpp"

#include <string>

namespace convforge {

/// The even split: `extent` in as few pieces of at most `most` as possible, the size of each.
constexpr int even_piece(int extent, int most) {
  return ceil_div(extent, ceil_div(extent, most));
}

/// The register tile of every region in words, for Candidate::reason.
std::string tiles_in_words(const Plan &plan);

} // namespace convforge
