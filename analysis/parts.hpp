// Parts: which of Winograd's three steps a piece of hot code is.
#pragma once

#include "analysis/hot_loops.hpp"
#include "plan/plan.hpp"

#include <span>
#include <string>
#include <vector>

namespace convforge {

/// For each piece of a Winograd kernel "product", "input transform" or "output transform". A product is a
/// loop with the plan's tile of accumulators, each multiplied and added to as often, or (a last tile,
/// from which LLVM leaves out what overlaps its neighbour) one that does little else. What comes before the
/// first product is of the input: kernels are laid out in the order in which they run, and a task that only
/// transforms the input is a function before the one that multiplies.
std::vector<std::string> name_parts(std::span<const HotCode> code, const Plan &plan);

} // namespace convforge
