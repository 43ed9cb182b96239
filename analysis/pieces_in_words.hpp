// What `explain` says of a kernel that is computed in pieces (problem/pieces.hpp).
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <string>
#include <vector>

namespace convforge {

/// A line a piece: its outputs, their taps, and how they are computed. None of a problem without pieces.
std::vector<std::string> pieces_in_words(const Problem &problem, const Plan &plan);

} // namespace convforge
