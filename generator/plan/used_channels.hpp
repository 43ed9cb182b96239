// What is left of a problem whose weights are constants, without the channels whose weights are all zero
// (problem/zero_weights.hpp), where a plan leaves them out.
//
// All groups keep as many channels as the fullest of them, some of which are then zero after all; groups
// that are zero altogether go where both kinds of channels do. Of what is kept the order stays.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <vector>

namespace convforge {

/// The caller's channels, among those of all groups, that the smaller problem's are.
struct UsedChannels {
  int groups = 1;
  std::vector<int> input, output;
};

/// The plan of the piece that leaves out channels, where one does: no other piece has taps. Else the plan
/// itself.
const Plan &leaving_out(const Plan &plan);

UsedChannels used_channels(const Problem &problem, const Plan &plan);

/// The smaller problem, of dense tensors in the caller's layout. The problem itself where the plan leaves out
/// none.
Problem used_problem(const Problem &problem, const Plan &plan);

/// The smaller problem's channel for each of the caller's outputs; -1: none.
std::vector<int> sums_of_outputs(const Problem &problem, const UsedChannels &used);

/// For each of the caller's weights, as they lie, the place of the one that stands there when those of used
/// channels come first in their group and used groups first among groups: where packing, which knows the
/// smaller problem's channels and the caller's strides, finds them.
std::vector<std::size_t> used_weights_first(const Problem &problem, const Plan &plan);

} // namespace convforge
