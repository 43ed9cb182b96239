// How a target multiplies 8-bit integers: the instruction that its kernels add products up by. Exact on all.
#pragma once

#include "problem/element_type.hpp"

#include <string>

namespace convforge {

enum class Dot {
  none,       ///< no kernels of 8-bit integers
  widening,   ///< s16 by s16 into s32, one by one: smlal of AArch64
  pairs,      ///< two products of s16 at a time: pmaddwd of x86
  four_u8_s8, ///< four products of u8 by s8: vpdpbusd of AVX-512 VNNI
  four_s8_s8, ///< four products of s8 by s8: sdot of AArch64's dot product
};
std::string name_of(Dot dot);

/// The operands of such an instruction.
struct DotOperands {
  int elements = 1; ///< of each operand that one lane of 32 bits takes
  ElementType input = ElementType::s16, weights = ElementType::s16;
};
constexpr DotOperands operands_of(Dot dot) {
  switch (dot) {
  case Dot::none:
  case Dot::widening:
    break;
  case Dot::pairs:
    return {2, ElementType::s16, ElementType::s16};
  case Dot::four_u8_s8:
    return {4, ElementType::u8, ElementType::s8};
  case Dot::four_s8_s8:
    return {4, ElementType::s8, ElementType::s8};
  }
  return {};
}

/// What is added to an element of the source so that it fits the input operand: a sign has to be moved.
constexpr int offset_of(Dot dot, ElementType source) {
  const ElementType input = operands_of(dot).input;
  constexpr int half = 128;
  if (source == ElementType::s8 && input == ElementType::u8)
    return half;
  return source == ElementType::u8 && input == ElementType::s8 ? -half : 0;
}

} // namespace convforge
