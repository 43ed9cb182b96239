/* IEEE 754 binary16 and binary32 by their bits. A half has 1 sign bit, 5 of an exponent biased by 15, and 10
 * of a fraction. */
#include "convforge/elements.h"

#include <math.h>
#include <string.h>

enum {
  HALF_INFINITY = 0x7c00,
  HALF_QUIET = 0x0200, /* the bit of a fraction that tells a quiet NaN */
  FRACTION_SHIFT = 13, /* from a half's fraction to a float's */
  EXPONENT_SHIFT = 23,
  BIAS_DIFFERENCE = 127 - 15
};
static const uint32_t float_infinity = 0x7f800000u;

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

size_t convforge_dtype_bytes(int32_t dtype) {
  switch (dtype) {
  case CONVFORGE_F32:
    return sizeof(float);
  case CONVFORGE_F16:
    return sizeof(convforge_f16);
  case CONVFORGE_U8:
  case CONVFORGE_S8:
    return 1;
  case CONVFORGE_S16:
    return sizeof(int16_t);
  case CONVFORGE_S32:
    return sizeof(int32_t);
  case CONVFORGE_F64:
    return sizeof(double);
  default:
    return 0;
  }
}

const char *convforge_dtype_name(int32_t dtype) {
  switch (dtype) {
  case CONVFORGE_F32:
    return "float32";
  case CONVFORGE_F16:
    return "float16";
  case CONVFORGE_U8:
    return "uint8";
  case CONVFORGE_S8:
    return "int8";
  case CONVFORGE_S16:
    return "int16";
  case CONVFORGE_S32:
    return "int32";
  case CONVFORGE_F64:
    return "float64";
  default:
    return "unknown";
  }
}

float convforge_from_f16(convforge_f16 half) {
  const uint32_t sign = (uint32_t)(half & 0x8000u) << 16, magnitude = half & 0x7fffu,
                 fraction = magnitude & 0x3ffu;
  if (magnitude > HALF_INFINITY)
    return float_of(sign | float_infinity | (fraction | HALF_QUIET) << FRACTION_SHIFT);
  if (magnitude == HALF_INFINITY)
    return float_of(sign | float_infinity);
  if (magnitude == fraction) /* zero or subnormal: a multiple of 2^-24 */
    return float_of(sign | bits_of((float)fraction * 0x1p-24f));
  return float_of(sign | ((magnitude << FRACTION_SHIFT) + ((uint32_t)BIAS_DIFFERENCE << EXPONENT_SHIFT)));
}

/* bits / 2^shift to nearest, ties to even. */
static uint32_t shift_rounded(uint32_t bits, uint32_t shift) {
  const uint32_t whole = bits >> shift, rest = bits & ((UINT32_C(1) << shift) - 1),
                 tie = UINT32_C(1) << (shift - 1);
  return whole + (rest > tie || (rest == tie && (whole & 1)));
}

/* Of a finite number that is not negative. A fraction that rounds up to 1 carries into the exponent, from the
 * largest half to infinity. */
static uint32_t half_of_magnitude(uint32_t bits) {
  const uint32_t exponent = bits >> EXPONENT_SHIFT;
  if (exponent > BIAS_DIFFERENCE) {
    const uint32_t half = shift_rounded(bits - ((uint32_t)BIAS_DIFFERENCE << EXPONENT_SHIFT), FRACTION_SHIFT);
    return half < HALF_INFINITY ? half : HALF_INFINITY;
  }
  /* Subnormal, in units of 2^-24: 2^-25 is half of one, and less than that is nothing. */
  const uint32_t to_units = BIAS_DIFFERENCE + 14 - exponent, significand = (bits & 0x7fffffu) | 0x800000u;
  return to_units > 24 ? 0 : shift_rounded(significand, to_units);
}

convforge_f16 convforge_to_f16(float value) {
  const uint32_t bits = bits_of(value), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
  if (magnitude > float_infinity)
    return (convforge_f16)(sign | HALF_INFINITY | HALF_QUIET | (magnitude >> FRACTION_SHIFT & 0x3ffu));
  if (magnitude == float_infinity)
    return (convforge_f16)(sign | HALF_INFINITY);
  return (convforge_f16)(sign | half_of_magnitude(magnitude));
}

/* The nearest whole number, ties to even, within limits; NaN is the least. */
static double whole_within(double value, double low, double high) {
  const double within = value > low ? (value < high ? value : high) : low, no_fraction = 0x1.8p52;
  return within + no_fraction - no_fraction; /* nearbyint() without libm */
}

double convforge_load_element(int32_t dtype, const void *tensor, size_t index) {
  switch ((convforge_dtype)dtype) {
  case CONVFORGE_F32:
    return ((const float *)tensor)[index];
  case CONVFORGE_F16:
    return convforge_from_f16(((const convforge_f16 *)tensor)[index]);
  case CONVFORGE_U8:
    return ((const uint8_t *)tensor)[index];
  case CONVFORGE_S8:
    return ((const int8_t *)tensor)[index];
  case CONVFORGE_S16:
    return ((const int16_t *)tensor)[index];
  case CONVFORGE_S32:
    return ((const int32_t *)tensor)[index];
  case CONVFORGE_F64:
    return ((const double *)tensor)[index];
  }
  return NAN;
}

void convforge_store_element(int32_t dtype, void *tensor, size_t index, double value) {
  switch ((convforge_dtype)dtype) {
  case CONVFORGE_F32:
    ((float *)tensor)[index] = (float)value;
    break;
  case CONVFORGE_F16:
    ((convforge_f16 *)tensor)[index] = convforge_to_f16((float)value);
    break;
  case CONVFORGE_U8:
    ((uint8_t *)tensor)[index] = (uint8_t)whole_within(value, 0, UINT8_MAX);
    break;
  case CONVFORGE_S8:
    ((int8_t *)tensor)[index] = (int8_t)whole_within(value, INT8_MIN, INT8_MAX);
    break;
  case CONVFORGE_S16:
    ((int16_t *)tensor)[index] = (int16_t)whole_within(value, INT16_MIN, INT16_MAX);
    break;
  case CONVFORGE_S32:
    ((int32_t *)tensor)[index] = (int32_t)whole_within(value, INT32_MIN, INT32_MAX);
    break;
  case CONVFORGE_F64:
    ((double *)tensor)[index] = value;
    break;
  }
}
