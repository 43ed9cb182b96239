/* Convolutions of 8-bit integers: exact sums, and what becomes of them. */
#ifndef CONVFORGE_TOOLS_REFERENCE_QUANTISED_H
#define CONVFORGE_TOOLS_REFERENCE_QUANTISED_H

#include "reference.h"

/* Are the products of this kernel those of 8-bit integers? */
int reference_is_quantised(const convforge_kernel *kernel);

/* What the kernel stores for output channel k at `out` of image n, exact but for activations and tensors of a
 * float32 destination. `values`: of each operand of the kernel, in its own layout and type. `operands`: what
 * the epilogue takes of a call, in its order. */
reference_value reference_quantised(const convforge_kernel *kernel, const reference_shape *shape,
                                    void *const *values, int n, const int out[3], int k,
                                    const double *operands);

#endif
