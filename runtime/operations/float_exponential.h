/* e^x as a loop's compiler can vectorise it, on x86-64 without SSE4, too. */
#ifndef CONVFORGE_OPERATIONS_FLOAT_EXPONENTIAL_H
#define CONVFORGE_OPERATIONS_FLOAT_EXPONENTIAL_H

#include <stdint.h>
#include <string.h>

/* e^x within 8e-9 of it; where |x| is above 700, e^700 or e^-700, which as float are Inf and 0; NaN of NaN.
 *
 * x is n ln 2 + r with |r| <= ln 2 / 2. e^r is Taylor's polynomial of degree 7, whose error is largest at
 * -ln 2 / 2, 0.3466^8 / 8! = 5.2e-9 of e^r = 0.707, and vanishes as r^8, so that e^x - 1 is exact enough
 * where |x| is above 1e-4. Adding 1.5 x 2^52 rounds to an integer, which then stands in the sum's low bits.
 */
static inline double convforge_exponential(double x) {
  const double log2_e = 1.44269504088896340736, ln_2 = 0.69314718055994530942, rounder = 6755399441055744.0;
  const double bounded = x < -700 ? -700 : x > 700 ? 700 : x;
  const double shifted = bounded * log2_e + rounder;
  const double r = bounded - (shifted - rounder) * ln_2;
  const double high = 1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720 + r * (1.0 / 5040)));
  const double power = 1 + r * (1 + r * (1.0 / 2 + r * (1.0 / 6 + r * high)));
  uint64_t bits;
  memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 1023) << 52; /* 2^n: the exponent's bits are n + 1023, what is above them falls off */
  double scale;
  memcpy(&scale, &bits, sizeof scale);
  return power * scale;
}

#endif
