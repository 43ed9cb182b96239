// Which element types go together.
#pragma once

#include "problem/element_type.hpp"

namespace convforge {

/// Throws Error for a combination of source, weights and destination that no kernel has.
void check_types(const ElementTypes &types);

} // namespace convforge
