// The types of a tensor's elements. Whatever knows how many bytes an element has asks here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace convforge {

/// f64 is that of a quantised convolution's multipliers, s16 of packed weights; no tensor of a call has
/// either.
enum class ElementType { f32, f16, u8, s8, s16, s32, f64 };

/// Bytes of one element.
constexpr std::size_t bytes_of(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return 4;
  case ElementType::f16:
  case ElementType::s16:
    return 2;
  case ElementType::u8:
  case ElementType::s8:
    return 1;
  case ElementType::s32:
    return 4;
  case ElementType::f64:
    return 8;
  }
  return 0;
}

/// The types of a convolution's tensors, as benchdnn's --dt has them: source, weights, destination. A
/// residual is of the destination's type; what calls give by output channel (bias, scale, slopes) is f32.
struct ElementTypes {
  ElementType source = ElementType::f32, weights = ElementType::f32, destination = ElementType::f32;

  /// Is it a convolution of 8-bit integers (quantisation.hpp)?
  constexpr bool quantised() const { return source == ElementType::u8 || source == ElementType::s8; }
  /// Is what it stores, too: each result rounded to a step of the destination's scale?
  constexpr bool requantises() const {
    return quantised() && (destination == ElementType::u8 || destination == ElementType::s8);
  }
  /// What products are summed in.
  constexpr ElementType accumulator() const { return quantised() ? ElementType::s32 : ElementType::f32; }
  bool operator==(const ElementTypes &) const = default;
};

std::string_view name_of(ElementType type); ///< "f32"
/// "f32" where all three are f32, else as in "f16:f16:f16".
std::string name_of(const ElementTypes &types);
// The inverse of name_of. Throw Error listing what is known.
ElementType parse_element_type(std::string_view text);
ElementTypes parse_element_types(std::string_view text);

} // namespace convforge
