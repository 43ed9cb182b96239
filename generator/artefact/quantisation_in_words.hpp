// The part of a generated header's comment that says what 8-bit integers stand for.
#pragma once

#include "problem/problem.hpp"

#include <string>

namespace convforge {

/// Whole lines of a block comment, an empty one at the end; nothing for other types.
std::string quantisation_in_words(const Problem &problem);

} // namespace convforge
