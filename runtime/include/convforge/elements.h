/* The elements of tensors by their type: sizes, conversions, single elements. Plain C and the same on every
 * machine; kernels convert whole vectors by instructions of their target. */
#ifndef CONVFORGE_ELEMENTS_H
#define CONVFORGE_ELEMENTS_H

#include "convforge/convforge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an element of that type (convforge_dtype), which is also its alignment; 0 for any other number. */
size_t convforge_dtype_bytes(int32_t dtype);
/* "float32", "float16", "uint8", as NumPy names it; "unknown" for any other number. Static text. */
const char *convforge_dtype_name(int32_t dtype);

/* Exact. A signalling NaN becomes a quiet one. */
float convforge_from_f16(convforge_f16 half);
/* To nearest, ties to even, whatever the rounding mode: numbers from 65520 on become infinity, those below
 * 2^-14 subnormal halves, those up to 2^-25 zero. NaN stays NaN. */
convforge_f16 convforge_to_f16(float value);

/* Element number `index` of a tensor of a known type. Exact. */
double convforge_load_element(int32_t dtype, const void *tensor, size_t index);
/* Writes it, rounded to nearest, ties to even: to float and then as above; to the nearest whole number that
 * the type has. */
void convforge_store_element(int32_t dtype, void *tensor, size_t index, double value);

#ifdef __cplusplus
}
#endif

#endif
