// What is packed with the weights of a quantised problem, by output channel (CONVFORGE_PACK_DOT of
// runtime/include/convforge/convforge.h).
#pragma once

#include "problem/problem.hpp"

#include <string_view>
#include <vector>

namespace convforge {

struct PackedTable {
  std::string_view name;
  ElementType type;
};

/// In the order in which they lie behind a region's weights. None of floats.
std::vector<PackedTable> packed_tables(const Problem &problem);

} // namespace convforge
