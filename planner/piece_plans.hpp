// Plans of problems that are computed in pieces (problem/pieces.hpp): one of each piece, as for a problem of
// its own.
#pragma once

#include "planner/candidate.hpp"
#include "problem/pieces.hpp"

#include <functional>
#include <vector>

namespace convforge {

/// A piece as planners see it: one without taps as a convolution of one channel.
Problem planned_piece(const Piece &piece);

/// What is never read is not rearranged.
bool can_be_piece(const Plan &plan, const Piece &piece);

/// What a piece costs, from what its problem does by itself.
Cost of_piece(Cost cost, const Piece &piece);

/// The pieces' plans, best with best, second with second, and so on. `propose`: a piece's candidates.
std::vector<Candidate>
candidates_in_pieces(const Problem &problem,
                     const std::function<std::vector<Candidate>(const Problem &piece)> &propose);

/// Family::plain_sums and Family::any_strides of a plan, or of all of its pieces'.
bool has_plain_sums(const Plan &plan, const Problem &problem);
bool takes_any_strides(const Plan &plan, const Problem &problem);

/// The problem of the piece that a plan's own fields speak of.
Problem largest_planned_piece(const Problem &problem);
/// The plan of that piece alone.
const Plan &plan_of_largest(const Plan &plan, const Problem &problem);

} // namespace convforge
