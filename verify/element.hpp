// Values as elements of a type: tensors hold floats here, and bytes of their type where a kernel meets them.
#pragma once

#include "problem/element_type.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace convforge {

/// The nearest number that the type has, ties to even; infinity where that is too large for it.
float rounded(ElementType type, float value);
void round_all(ElementType type, std::vector<float> &values);
/// Elements of the type, as they lie in memory. Values are rounded.
std::vector<std::byte> to_elements(ElementType type, std::span<const float> values);
/// The inverse, exact. The memory is aligned to an element.
std::vector<float> from_elements(ElementType type, const void *elements, std::size_t count);

/// The distance between numbers of the type of this size (> 0) or less, down to that of subnormal ones.
double ulp(ElementType type, double size);
/// What rounds to infinity, and all above: 65520 for f16.
double overflow(ElementType type);

} // namespace convforge
