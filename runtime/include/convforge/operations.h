/* The operations that stand between the convolutions of a network, on float32 and on 8-bit integers: what
 * generated networks (det_run() and the like) call beside their kernels. C11 and C++17; needs libc and its
 * libm only.
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
  CONVFORGE_PRELU,   /* a, times b where a is below 0 */
  CONVFORGE_POWER,   /* a to the power of b */
  CONVFORGE_EQUAL,   /* 1 where they are, else 0; of NaN 0, as the two below */
  CONVFORGE_LESS,    /* 1 where a is less than b, else 0 */
  CONVFORGE_AT_MOST, /* 1 where a is b at most, else 0 */
  CONVFORGE_WHERE,   /* a where b is not 0, else 0 */
  CONVFORGE_UNLESS,  /* a where b is 0, else 0 */
  /* Of a alone, from here on; b is not read. */
  CONVFORGE_ABSOLUTE,
  CONVFORGE_EXPONENTIAL,
  CONVFORGE_LOGARITHM,
  CONVFORGE_RECIPROCAL,
  CONVFORGE_SQUARE_ROOT,
  CONVFORGE_RECIPROCAL_SQUARE_ROOT
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

/* ---- 8-bit integers -------------------------------------------------------------------------- */

/* Of float32, or to float32: 8-bit integers q that stand for scale * (q - zero_point). */
typedef struct convforge_quantised {
  int32_t dtype;     /* of the integers: CONVFORGE_U8 or CONVFORGE_S8 */
  int32_t ties_away; /* to integers: halves are rounded away from zero; 0: to even */
  int32_t rank;
  int32_t reserved; /* 0 */
  int64_t size[CONVFORGE_MAX_RANK];
  convforge_strides output, input;
  convforge_strides scale; /* of both arrays: 0 where one stands for all places of an axis */
  const float *scales;     /* finite, above 0 */
  const int32_t *zero_points;
} convforge_quantised;

/* output = nearest(input / scale) + zero_point, saturated; the quotient is rounded to float first. NaN is
 * the zero point. */
void convforge_run_quantise(const convforge_quantised *operation, const float *input, void *output,
                            const convforge_threads *threads);
/* output = scale * (input - zero_point), rounded to float. */
void convforge_run_dequantise(const convforge_quantised *operation, const void *input, float *output,
                              const convforge_threads *threads);

/* Each byte by a table; null: a copy. Transposes and broadcasts, too. */
typedef struct convforge_byte_map {
  int32_t rank;
  int32_t reserved; /* 0 */
  int64_t size[CONVFORGE_MAX_RANK];
  convforge_strides output, input;
  const uint8_t *table; /* 256, by the byte without a sign */
} convforge_byte_map;

void convforge_run_byte_map(const convforge_byte_map *operation, const void *input, void *output,
                            const convforge_threads *threads);

/* A line in fixed point, which takes whole numbers a and b to steps: with all arithmetic modulo 2^32
 *   rest  = (a * a_rest + b * b_rest + summand_rest) >> 10
 *   steps = min(max((a * a_factor + b * b_factor + summand + rest) >> shift, low), high) - base
 * where neither number that is shifted is below 0, and `low` is 0 at least. */
typedef struct convforge_byte_line {
  uint32_t a_factor, b_factor, summand;
  uint32_t a_rest, b_rest, summand_rest;
  int32_t shift; /* 1 to 31 */
  int32_t low, high, base;
} convforge_byte_line;

/* Of the bytes of two tensors, each a function of both: a table of all pairs, or a line through them
 * that is right for all of them. Lines are of numbers from -128 to 127, which are those of CONVFORGE_S8; of
 * CONVFORGE_U8 they are 128 less than the byte is. */
typedef struct convforge_byte_pairs {
  int32_t dtype; /* of all three: CONVFORGE_U8 or CONVFORGE_S8 */
  int32_t rank;
  int64_t size[CONVFORGE_MAX_RANK];
  convforge_strides output, a, b;
  const uint8_t *table; /* 65536, by the byte of a, times 256, plus that of b, without signs; null: `line` */
  int32_t product;      /* 1: the line is of (a - a_zero_point) * (b - b_zero_point) and 0 */
  int32_t a_zero_point, b_zero_point; /* of products: -128 to 127 */
  int32_t then_count; /* 1: `then`, which has no rests, is of the line's steps and 0, and gives the
         result */
  convforge_byte_line line, then;
} convforge_byte_pairs;

void convforge_run_byte_pairs(const convforge_byte_pairs *operation, const void *a, const void *b,
                              void *output, const convforge_threads *threads);

/* Largest elements of windows: the structure's kind is CONVFORGE_POOL_MAX; of nothing the type's least. */
void convforge_run_window_pooling_u8(const convforge_window_pooling *operation, const uint8_t *input,
                                     uint8_t *output, const convforge_threads *threads);
void convforge_run_window_pooling_s8(const convforge_window_pooling *operation, const int8_t *input,
                                     int8_t *output, const convforge_threads *threads);

/* Bytes that are gathered, mirrored and padded: every axis has one tap of weight 1 at most. `fill` is a whole
 * number from -128 to 255. */
void convforge_run_resampling_bytes(const convforge_resampling *operation, const void *input, void *output,
                                    const convforge_threads *threads);

#ifdef __cplusplus
}
#endif

#endif
