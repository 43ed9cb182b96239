// What a plan's loops keep in the workspace, with the arithmetic behind it.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace convforge {

struct Scratch {
  std::size_t bytes = 0;
  std::string formula;      ///< "4 x 3 rows x 58 columns x 64 channels of padded input, rounded up to 64"
  std::size_t overread = 0; ///< strided loads may read as much past its end, at most
};

/// `elements` of accumulators, rounded up as the workspace is laid out; `counts` says what they are.
Scratch accumulators_kept(std::size_t elements, const std::string &counts);

/// Pixels that a task of a region's has, of pointwise (`shape` has them in one row).
int pixels_of_task(const Plan &plan, const Problem &shape, const Region &region);

/// Two, one after the other.
Scratch both(const Scratch &a, const Scratch &b);

/// The padded copies that regions work on, by the loops of schedules/loops.cpp: of one task's rows, or of a
/// whole image where tasks are output channels. None where the plan makes none.
std::vector<Scratch> padded_copies(const Plan &plan, const Problem &problem, bool shared);
/// The converted input of pointwise: of one task's pixels.
std::vector<Scratch> converted_pixels(const Plan &plan, const Problem &problem, bool shared);

} // namespace convforge
