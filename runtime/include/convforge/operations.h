/* The operations that stand between the convolutions of a network, on float32: what generated networks
 * (det_run() and the like) call beside their kernels. C11 and C++17; needs libc and its libm only.
 *
 * Each is described by one constant structure with the sizes of its axes, outermost first, and for each
 * tensor the distance in elements between neighbours along each axis. Tensors may be slices of larger ones;
 * a stride of 0 broadcasts what is read. Pointers are to the element whose indices are all 0; strides may be
 * negative. Outputs do not overlap what is read, but that elementwise operations may write to the very
 * elements that they read. Nothing is checked: whoever writes the structures answers for them. Nothing is
 * allocated. `threads` may be null: the calling thread. Results are the same for any number of threads. */
#ifndef CONVFORGE_OPERATIONS_H
#define CONVFORGE_OPERATIONS_H

#include "convforge/convforge.h"
#include "convforge/generic.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Distances in elements along each axis; 0 past the rank. */
typedef struct convforge_strides {
  int64_t along[CONVFORGE_MAX_RANK];
} convforge_strides;

/* ---- Element by element ---------------------------------------------------------------------- */

typedef enum convforge_arithmetic {
  CONVFORGE_COPY, /* a; b is not read */
  CONVFORGE_ADD,
  CONVFORGE_SUBTRACT,
  CONVFORGE_MULTIPLY,
  CONVFORGE_DIVIDE,
  CONVFORGE_MAXIMUM, /* NaN where either is */
  CONVFORGE_MINIMUM,
  CONVFORGE_PRELU /* a, times b where a is below 0 */
} convforge_arithmetic;

/* output = steps(a arithmetic b): copies, transposes and broadcasts, too. */
typedef struct convforge_elementwise {
  int32_t arithmetic; /* convforge_arithmetic */
  int32_t rank;
  int64_t size[CONVFORGE_MAX_RANK];
  convforge_strides output, a, b;
  int32_t step_count;
  const convforge_op *steps; /* CONVFORGE_OP_AFFINE and CONVFORGE_OP_ACTIVATION; they take no operand */
} convforge_elementwise;

void convforge_run_elementwise(const convforge_elementwise *operation, const float *a, const float *b,
                               float *output, const convforge_threads *threads);

/* All elements of a tensor become one value. */
typedef struct convforge_fill {
  int32_t rank;
  int64_t size[CONVFORGE_MAX_RANK];
  convforge_strides output;
  float value;
} convforge_fill;

void convforge_run_fill(const convforge_fill *operation, float *output, const convforge_threads *threads);

/* ---- Windows --------------------------------------------------------------------------------- */

/* Pooling: max and average (convforge_pooling_kind but NONE) over windows; along an axis that is not pooled
 * kernel, stride and dilation are 1 and the padding 0. Output i of an axis has the inputs
 * i * stride - begin + t * dilation for t below kernel that are at least 0 and below input_size; of
 * CONVFORGE_POOL_AVG_P the divisor also counts those from -begin on and below input_size + end. A maximum of
 * NaN is NaN; of nothing -Inf, an average of nothing 0. */
typedef struct convforge_window_pooling {
  int32_t kind; /* convforge_pooling_kind */
  int32_t rank;
  int64_t size[CONVFORGE_MAX_RANK]; /* of the output */
  int64_t input_size[CONVFORGE_MAX_RANK];
  int64_t kernel[CONVFORGE_MAX_RANK], stride[CONVFORGE_MAX_RANK], dilation[CONVFORGE_MAX_RANK];
  int64_t begin[CONVFORGE_MAX_RANK], end[CONVFORGE_MAX_RANK];
  convforge_strides output, input;
} convforge_window_pooling;

void convforge_run_window_pooling(const convforge_window_pooling *operation, const float *input,
                                  float *output, const convforge_threads *threads);

/* ---- Reductions ------------------------------------------------------------------------------ */

typedef enum convforge_reduction_kind {
  CONVFORGE_MEAN,
  CONVFORGE_SUM,
  CONVFORGE_LARGEST, /* NaN where any is */
  CONVFORGE_SMALLEST
} convforge_reduction_kind;

/* Over the axes whose reduced is 1; along these the output's stride is 0. Sums are in float64. */
typedef struct convforge_reduction {
  int32_t kind; /* convforge_reduction_kind */
  int32_t rank;
  int64_t size[CONVFORGE_MAX_RANK]; /* of the input */
  int32_t reduced[CONVFORGE_MAX_RANK];
  convforge_strides output, input;
} convforge_reduction;

void convforge_run_reduction(const convforge_reduction *operation, const float *input, float *output,
                             const convforge_threads *threads);

/* exp(x) / sum of exp(x) along an axis, after the largest x is subtracted. */
typedef struct convforge_softmax {
  int32_t axis;
  int32_t rank;
  int64_t size[CONVFORGE_MAX_RANK];
  convforge_strides output, input;
} convforge_softmax;

void convforge_run_softmax(const convforge_softmax *operation, const float *input, float *output,
                           const convforge_threads *threads);

/* ---- Resampling ------------------------------------------------------------------------------ */

/* Along an axis, each element of the output is a sum over `taps` elements of the input times weights. */
typedef struct convforge_taps {
  int32_t taps;         /* 0: the axis is copied, element by element; the arrays are null */
  const int32_t *index; /* size * taps places along the input's axis; below 0: nothing is read, but `fill`
                           stands there */
  const float *weight;  /* as many; null: 1 */
} convforge_taps;

/* Resized, gathered, mirrored and padded: the axes' taps and weights multiply. At most three axes have more
 * than one tap. */
typedef struct convforge_resampling {
  int32_t rank;
  int64_t size[CONVFORGE_MAX_RANK]; /* of the output */
  convforge_taps axes[CONVFORGE_MAX_RANK];
  convforge_strides output, input;
  float fill;
} convforge_resampling;

void convforge_run_resampling(const convforge_resampling *operation, const float *input, float *output,
                              const convforge_threads *threads);

#ifdef __cplusplus
}
#endif

#endif
