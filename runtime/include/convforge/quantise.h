/* How sums of quantised convolutions become 8-bit integers, to the bit (docs/quantisation.md): the definition
 * that every kernel agrees with. Plain C and the same on every machine that adds and multiplies floats by
 * IEEE 754, rounding to nearest. */
#ifndef CONVFORGE_QUANTISE_H
#define CONVFORGE_QUANTISE_H

#include "convforge/convforge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order of generator/problem/quantisation.hpp. */
typedef enum convforge_rounding {
  CONVFORGE_ROUND_ONNX,         /* (float)sum * (float)multiplier, to nearest, ties to even */
  CONVFORGE_ROUND_TFLITE,       /* doubling high product, ties upwards, then a shift, ties away from zero */
  CONVFORGE_ROUND_TFLITE_SINGLE /* the whole product, shifted once, ties upwards */
} convforge_rounding;

/* A multiplier as TensorFlow Lite has it: factor * 2^(shift - 31), factor from 2^30 on or 0. */
typedef struct convforge_fixed_point {
  int32_t factor, shift;
} convforge_fixed_point;
/* QuantizeMultiplier() of TensorFlow Lite for multipliers from 0 to below 2^31: the nearest factor, ties away
 * from zero; 0 where the shift would be below -31. */
convforge_fixed_point convforge_fixed_point_of(double multiplier);

/* What the results of one kernel have in common. */
typedef struct convforge_requantisation {
  int32_t rounding;      /* convforge_rounding */
  int32_t zero_point;    /* of the destination */
  int32_t low, high;     /* the least and the largest result */
  float residual_factor; /* ONNX only: of residual - residual_zero_point; 0: there is none */
  int32_t residual_zero_point;
} convforge_requantisation;

/* The result for a sum, bias included. `residual` is not looked at where there is none. ONNX: with a residual
 * r, (float)sum * (float)multiplier + (float)(r - its zero point) * factor, each operation rounded to float.
 */
int32_t convforge_requantise(const convforge_requantisation *how, int32_t sum, double multiplier,
                             int32_t residual);

#ifdef __cplusplus
}
#endif

#endif
