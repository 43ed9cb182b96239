// Element types as Halide has them, and conversions where tensors are read and written.
#pragma once

#include "problem/element_type.hpp"

#include <Halide.h>

namespace convforge {

inline Halide::Type halide_type(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return Halide::Float(32);
  case ElementType::f16:
    return Halide::Float(16);
  case ElementType::u8:
    return Halide::UInt(8);
  case ElementType::s8:
    return Halide::Int(8);
  case ElementType::s16:
    return Halide::Int(16);
  case ElementType::s32:
    return Halide::Int(32);
  case ElementType::f64:
    return Halide::Float(64);
  }
  return {};
}

/// A tensor's element as the sums take it. Nothing where it has that type already.
inline Halide::Expr accumulated(const ElementTypes &types, const Halide::Expr &element) {
  return cast(halide_type(types.accumulator()), element);
}
/// A result as the output stores it: rounded to nearest, ties to even, as the target's instructions do.
inline Halide::Expr stored(const ElementTypes &types, const Halide::Expr &value) {
  return cast(halide_type(types.destination), value);
}

} // namespace convforge
