// The element types of frameworks.
#pragma once

#include "problem/element_type.hpp"

#include <string_view>

namespace convforge {

/// dtype=... of a layer, by its name: all three tensors are of it. Throws Error for what kernels do not
/// compute in.
ElementTypes float_types(std::string_view dtype);

} // namespace convforge
