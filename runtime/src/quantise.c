/* From sums to 8-bit integers, by each rounding rule. Compiled without contraction (runtime/CMakeLists.txt):
 * a fused multiply-add would round once where the rule says twice. */
#include "convforge/quantise.h"

#include <math.h>

/* What a shift by up to 62 makes of negative numbers is left to the compiler in C11: rounds down. */
static int64_t shift_right(int64_t x, int by) {
  return x >= 0 ? x >> by : ~(~x >> by);
}

static int64_t clamp(int64_t x, int64_t low, int64_t high) {
  return x < low ? low : x > high ? high : x;
}

static int32_t to_int32(int64_t x) {
  return (int32_t)clamp(x, INT32_MIN, INT32_MAX);
}

/* Source: tensorflow/lite/kernels/internal/quantization_util.cc. Multipliers of 2^31 and what rounds to it
 * have no factor: they saturate, as results from 2^30 on do with any sum but 0. */
convforge_fixed_point convforge_fixed_point_of(double multiplier) {
  static const int most_shift = 31, least_shift = -31;
  if (!(multiplier > 0))
    return (convforge_fixed_point){0, 0};
  if (multiplier >= 0x1p31)
    return (convforge_fixed_point){INT32_MAX, most_shift};
  int shift = 0;
  int64_t factor = (int64_t)(frexp(multiplier, &shift) * 0x1p31 + 0.5); /* exact: less than 2^32 */
  if (factor == INT64_C(1) << 31) {
    factor /= 2;
    ++shift;
  }
  if (shift > most_shift)
    return (convforge_fixed_point){INT32_MAX, most_shift};
  if (shift < least_shift)
    return (convforge_fixed_point){0, 0};
  return (convforge_fixed_point){(int32_t)factor, shift};
}

/* Source: gemmlowp/fixedpoint/fixedpoint.h, SaturatingRoundingDoublingHighMul(); its nudge of either sign and
 * division towards zero are ties upwards. The one product that overflows there has a negative factor. */
static int32_t doubling_high_product(int32_t a, int32_t factor) {
  return (int32_t)shift_right((int64_t)a * factor + (INT64_C(1) << 30), 31);
}

/* The same file's RoundingDivideByPOT(): x / 2^by, by up to 31, ties away from zero. */
static int32_t rounding_shift(int32_t x, int by) {
  const int64_t half = by > 0 ? INT64_C(1) << (by - 1) : 0;
  const int64_t magnitude = ((x < 0 ? -(int64_t)x : x) + half) >> by;
  return (int32_t)(x < 0 ? -magnitude : magnitude);
}

/* MultiplyByQuantizedMultiplier() of tensorflow/lite/kernels/internal/common.cc. A sum that overflows when it
 * is shifted to the left saturates; there it is undefined. */
static int32_t twice_rounded(int32_t sum, convforge_fixed_point by) {
  const int left = by.shift > 0 ? by.shift : 0;
  const int32_t shifted = to_int32((int64_t)sum * (INT64_C(1) << left));
  return rounding_shift(doubling_high_product(shifted, by.factor), left - by.shift);
}

/* The same function where TFLITE_SINGLE_ROUNDING is defined. */
static int32_t once_rounded(int32_t sum, convforge_fixed_point by) {
  const int shift = 31 - by.shift;
  const int64_t half = shift > 0 ? INT64_C(1) << (shift - 1) : 0;
  return to_int32(shift_right((int64_t)sum * by.factor + half, shift));
}

/* The limits are whole, so that clamping before rounding is clamping after it. NaN is the lower one. */
static int32_t nearest_even(float x, float low, float high) {
  const double within = x > low ? (x < high ? x : high) : low, no_fraction = 0x1.8p52;
  return (int32_t)(within + no_fraction - no_fraction); /* nearbyint() without libm */
}

static float real_result(const convforge_requantisation *how, int32_t sum, double multiplier,
                         int32_t residual) {
  const float product = (float)sum * (float)multiplier;
  if (how->residual_factor == 0)
    return product;
  const float more = (float)((int64_t)residual - how->residual_zero_point) * how->residual_factor;
  return product + more;
}

int32_t convforge_requantise(const convforge_requantisation *how, int32_t sum, double multiplier,
                             int32_t residual) {
  const int64_t low = (int64_t)how->low - how->zero_point, high = (int64_t)how->high - how->zero_point;
  if (how->rounding == CONVFORGE_ROUND_ONNX)
    return nearest_even(real_result(how, sum, multiplier, residual), (float)low, (float)high) +
           how->zero_point;
  const convforge_fixed_point by = convforge_fixed_point_of(multiplier);
  const int32_t steps =
      how->rounding == CONVFORGE_ROUND_TFLITE ? twice_rounded(sum, by) : once_rounded(sum, by);
  return (int32_t)(clamp(steps, low, high) + how->zero_point);
}
