/* The convolution straight from its definition, one output at a time, in float64: what a kernel is compared
 * with. */
#ifndef CONVFORGE_TOOLS_REFERENCE_H
#define CONVFORGE_TOOLS_REFERENCE_H

#include "convforge/convforge.h"

/* A full descriptor's numbers; the letters are the descriptor's own (dilation counted from 0). */
typedef struct reference_shape {
  int g, mb, ic, ih, iw, oc, oh, ow, kh, kw, sh, sw, ph, pw, dh, dw;
} reference_shape;

typedef struct reference_tensors {
  const void *input, *weights, *bias,
      *residual; /* in the kernel's own layouts and types; what it does not use is null */
} reference_tensors;

/* An output and how far a kernel's result may lie from it. */
typedef struct reference_value {
  double value, allowed;
} reference_value;

/* Reads kernel->problem. 0, or -1 when it is not a full 2-D descriptor. */
int reference_parse(const char *descriptor, reference_shape *shape);

/* gamma(m) = m u / (1 - m u), u = 2^-24: what m float32 roundings can add up to (Higham, section 3.1). */
double reference_gamma(double m);

/* Output (n, h, w, k) of the convolution, before the epilogue, bounded by gamma(n) * sum |x w|. */
reference_value reference_sum(const convforge_kernel *kernel, const reference_shape *shape,
                              const reference_tensors *tensors, int n, int h, int w, int k);

/* The epilogue written in `text` ("bias,relu") applied to a sum. */
reference_value reference_epilogue(const char *text, reference_value sum, double bias, double residual);

/* The same once it is stored as `dtype`: half an ulp of that type more, or, where it may round to infinity,
 * anything but NaN. */
reference_value reference_store(int32_t dtype, reference_value value);

#endif
