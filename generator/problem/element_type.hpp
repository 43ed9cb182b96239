// The types of a tensor's elements. Whatever knows how many bytes an element has asks here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace convforge {

enum class ElementType { f32, f16 };

/// Bytes of one element.
constexpr std::size_t bytes_of(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return 4;
  case ElementType::f16:
    return 2;
  }
  return 0;
}

/// The types of a convolution's tensors, as benchdnn's --dt has them: source, weights, destination. A
/// residual is of the destination's type; what is given by output channel (bias, scale, slopes) is of
/// accumulator().
struct ElementTypes {
  ElementType source = ElementType::f32, weights = ElementType::f32, destination = ElementType::f32;

  /// What products are summed in, and the epilogue computed.
  constexpr ElementType accumulator() const { return ElementType::f32; }
  bool operator==(const ElementTypes &) const = default;
};

std::string_view name_of(ElementType type); ///< "f32"
/// "f32" where all three are f32, else "f16:f16:f16".
std::string name_of(const ElementTypes &types);
// The inverse of name_of. Throw Error listing what is known.
ElementType parse_element_type(std::string_view text);
ElementTypes parse_element_types(std::string_view text);

} // namespace convforge
