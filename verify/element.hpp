// Values as elements of a type: tensors hold numbers here, and bytes of their type where a kernel meets them.
#pragma once

#include "convforge/elements.h"
#include "problem/dtype.hpp"
#include "problem/element_type.hpp"

#include <cstddef>
#include <iterator>
#include <vector>

namespace convforge {

/// The nearest number that the type has, ties to even; infinity where that is too large for it.
float rounded(ElementType type, float value);
void round_all(ElementType type, std::vector<float> &values);

/// A dense tensor as it lies in memory: elements of its type, one after another.
using Elements = std::vector<std::byte>;

/// Elements of the type, of any numbers. They are rounded (convforge_store_element()).
template <typename Numbers>
Elements to_elements(ElementType type, const Numbers &values) {
  Elements elements(std::size(values) * bytes_of(type));
  std::size_t next = 0;
  for (const auto value : values)
    convforge_store_element(dtype_of(type), elements.data(), next++, static_cast<double>(value));
  return elements;
}

/// The inverse, exact where Number holds what the type does.
template <typename Number>
std::vector<Number> from_elements(ElementType type, const Elements &elements) {
  std::vector<Number> values(elements.size() / bytes_of(type));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<Number>(convforge_load_element(dtype_of(type), elements.data(), i));
  return values;
}

/// The distance between numbers of the type of this size (> 0) or less, down to that of subnormal ones.
double ulp(ElementType type, double size);
/// What rounds to infinity, and all above: 65520 for f16.
double overflow(ElementType type);

} // namespace convforge
