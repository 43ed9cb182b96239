#include "verify/element.hpp"

#include <algorithm>
#include <cmath>

namespace convforge {
namespace {

struct Format {
  int least_exponent, fraction_bits, most_exponent; ///< of normal numbers
};

Format format_of(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return {-126, 23, 127};
  case ElementType::f16:
    return {-14, 10, 15};
  case ElementType::f64:
    return {-1022, 52, 1023};
  case ElementType::u8:
  case ElementType::s8:
  case ElementType::s16:
  case ElementType::s32:
    break; // whole numbers
  }
  return {};
}

} // namespace

float rounded(ElementType type, float value) {
  float element = 0; // at least as large as any type's
  convforge_store_element(dtype_of(type), &element, 0, value);
  return static_cast<float>(convforge_load_element(dtype_of(type), &element, 0));
}

void round_all(ElementType type, std::vector<float> &values) {
  for (float &value : values)
    value = rounded(type, value);
}

double ulp(ElementType type, double size) {
  const Format format = format_of(type);
  const int exponent = size > 0 ? std::ilogb(size) : format.least_exponent;
  return std::ldexp(1.0, std::max(exponent, format.least_exponent) - format.fraction_bits);
}

double overflow(ElementType type) {
  const Format format = format_of(type);
  return std::ldexp(1.0, format.most_exponent + 1) - ulp(type, std::ldexp(1.0, format.most_exponent)) / 2;
}

} // namespace convforge
