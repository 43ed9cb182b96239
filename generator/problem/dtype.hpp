// Element types as the runtime numbers them.
#pragma once

#include "convforge/convforge.h"
#include "problem/element_type.hpp"

#include <cstdint>

namespace convforge {

/// The convforge_dtype of an element type.
constexpr std::int32_t dtype_of(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return CONVFORGE_F32;
  case ElementType::f16:
    return CONVFORGE_F16;
  case ElementType::u8:
    return CONVFORGE_U8;
  case ElementType::s8:
    return CONVFORGE_S8;
  case ElementType::s16:
    return CONVFORGE_S16;
  case ElementType::s32:
    return CONVFORGE_S32;
  case ElementType::f64:
    return CONVFORGE_F64;
  }
  return 0;
}

/// The inverse, for numbers that convforge_dtype has.
constexpr ElementType element_type_of(std::int32_t dtype) {
  switch (static_cast<convforge_dtype>(dtype)) {
  case CONVFORGE_F32:
    return ElementType::f32;
  case CONVFORGE_F16:
    return ElementType::f16;
  case CONVFORGE_U8:
    return ElementType::u8;
  case CONVFORGE_S8:
    return ElementType::s8;
  case CONVFORGE_S16:
    return ElementType::s16;
  case CONVFORGE_S32:
    return ElementType::s32;
  case CONVFORGE_F64:
    return ElementType::f64;
  }
  return {};
}

} // namespace convforge
